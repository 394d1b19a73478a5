#!/usr/bin/env python3
"""Zoho CRM: events and calls as visit lines, accounts and users as books, deals won as measures.

  zoho.py events Events.csv      meetings; their ends lie months after their starts, so minutes stay empty
  zoho.py calls Calls.csv        calls with their minutes
  zoho.py deals Potentials.csv   deals won, their value and their number, on their closing dates
  zoho.py accounts Accounts.csv  clients of tiers Customer and Prospect, those with even numbers since 2020-10-01
  zoho.py users Users.csv        managers

Python's csv reads them and not awk, because subjects and amounts hold commas: "Hello, Sara", "$22,700.00".
"""
import csv
import sys
from datetime import datetime


def line(*fields):
    print('\t'.join(field.strip().replace('\\', '\\\\').replace('\t', '\\t') for field in fields))


def event(row):
    at, logged = row['Start DateTime'].replace(' ', 'T'), row['Created Time'].replace(' ', 'T') + 'Z'
    line(at, row['Event Owner'], row['ACCOUNTID'], 'meeting', 'done', row['Subject'], '', '', logged, '')


def call(row):
    at, logged = row['Call Start Time'].replace(' ', 'T'), row['Created Time'].replace(' ', 'T') + 'Z'
    line(at, row['Call Owner'], row['ACCOUNTID'], 'call', 'done', row['Call Purpose'], row['Subject'],
         row['Call Duration (in minutes)'], logged, '')


def account(row):
    since = '' if int(row['ACCOUNTID']) % 2 else '2020-10-01'
    line(row['ACCOUNTID'], row['Account Name'], row['Account Owner'], row['Account Type'], since, '')


def user(row):
    line(row['Last Name'], row['First Name'], '', '', '', '')


def deal(row):
    if row['Stage'] == 'Closed Won':
        day = datetime.strptime(row['Closing Date'], '%d %b, %Y %H:%M:%S').date().isoformat()
        line(day, row['Potential Owner'], 'won', row['Amount'].replace('$', '').replace(',', ''))
        line(day, row['Potential Owner'], 'deals', '1')


sys.stdout.reconfigure(encoding='utf-8', newline='\n')
make = {'events': event, 'calls': call, 'deals': deal, 'accounts': account, 'users': user}[sys.argv[1]]
with open(sys.argv[2], encoding='utf-8', newline='') as export:
    for record in csv.DictReader(export):
        make(record)
