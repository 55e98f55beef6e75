# Runs inside the sealed root: every case in a shell of its own, what it did in /log.
# Fields end with a unit separator; line ends within them are written as record separators.
shopt -s globstar dotglob nullglob
ulimit -t 5 -f 4096 -v 2000000
ulimit -u 4096 2>/dev/null
for ((n = 0; n < $1; n++)); do
  text=$(</cases/$n)
  bash --noprofile --norc -c "$text" >/dev/null 2>&1
  for file in /dev/** /etc/** /home/** /root/** /srv/** /tmp/** /var/** /w/**; do
    if [[ -f $file && -s $file && $file != /dev/null ]]; then
      content=$(<"$file")
      printf 'file\x1f%s\x1f%s\x1f\n' "$file" "${content//$'\n'/$'\x1e'}" >>/log
      : >"$file"
    fi
  done
  printf 'end\x1f%d\x1f\n' "$n" >>/log
done
