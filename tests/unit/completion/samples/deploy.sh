#!/bin/sh
# Deploys (or says why not).
set -eu

target="${1:-staging}"
say() {
  echo "deploy: $*" >&2
}

if [ ! -d "dist" ]; then
  say "nothing in $(pwd)/dist :("
  exit 1
fi

for file in dist/*.tar; do
  name=$(basename "$file" .tar)
  cat <<EOF
putting ${name} (it's big)
EOF
  tar -xf "$file" -C "/srv/$target" || {
    say "failed: $name"
    continue
  }
done
