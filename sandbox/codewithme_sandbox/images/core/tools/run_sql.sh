#!/bin/sh
# Runs a script in a database that lives in memory. By redirection: a file name must not become a command of the shell.
exec sqlite3 -batch -bail -box :memory: < "$1"
