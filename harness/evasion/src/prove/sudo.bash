#!/bin/bash
# Runs the command as the real one would: it leaves no trace of its own.
while [[ $# -gt 0 ]]; do
  case $1 in
  -u | -g | -U | -h | -p) shift 2 ;;
  --) shift; break ;;
  -*) shift ;;
  *) break ;;
  esac
done
exec env "$@"
