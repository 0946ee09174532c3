#!/bin/sh
# What every workspace image promises, however it was made. Runs inside it as uid 1000 and prints one line for each broken promise.
failed=0
broken() {
  echo "$1"
  failed=1
}

for tool in node npm npx git rg bash sh socat ps less patch make python3; do
  command -v "$tool" >/dev/null || broken "$tool is missing"
done
case "$(node --version)" in
  v24.*) ;;
  *) broken "node is $(node --version 2>&1), not 24" ;;
esac
npm --version >/dev/null 2>&1 || broken "npm does not start"
git --version >/dev/null || broken "git does not start"
rg --version >/dev/null || broken "rg does not start"
python3 -c 'import json, sqlite3, urllib.request' || broken "python3 lacks a part of its library"

[ "$(id -u)" = 1000 ] || broken "runs as uid $(id -u), not 1000"
[ -d /workspace ] || broken "/workspace is missing"
[ -w /workspace ] || broken "/workspace cannot be written by uid 1000"
[ -w /usr ] && broken "/usr can be written by uid 1000"
[ -e /home/cavern ] && broken "/home/cavern is there: an engine would keep its owner and mode"
raised=$(find / -xdev -type f -perm /6000 2>/dev/null)
[ -z "$raised" ] || broken "setuid or setgid files: $raised"
exit $failed
