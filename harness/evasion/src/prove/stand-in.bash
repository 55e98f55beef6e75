#!/bin/bash
# Stands for a program: writes down that it ran, and says so to whoever reads its output.
name=${0##*/}
record="run"$'\x1f'"$name"$'\x1f'
for word in "$@"; do
  record+=${word//$'\n'/$'\x1e'}$'\x1f'
done
# Who would read standard input here; the others leave it to the script it may be.
case $name in
cat | tee | grep | mysql | nc | ncat | netcat | node | perl | php | psql | python | python2 | python3 | ruby | socat | ssh)
  reads=yes
  for word in "$@"; do
    [[ $word == -[a-zA-Z]* && $word != -c && $word != -e && $word != -r* ]] || reads=
  done
  if [[ $reads ]]; then
    IFS= read -r -d '' input
    record+=$'\x1d'${input//$'\n'/$'\x1e'}$'\x1f'
  fi
  ;;
esac
printf '%s\n' "$record" >>/log
printf 'ran %q' "$name"
[[ $# -gt 0 ]] && printf ' %q' "$@"
printf '\n'
exit 0
