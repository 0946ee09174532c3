#!/bin/sh
# Turns a Debian root file system that has packages.txt, Node and npm into the workspace image.
# Runs as root inside the image: as a RUN line of the Dockerfile, or in a chroot when the image is made without a base image.
set -eu

ln -sf ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ln -sf ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx

# No folder of its own: an engine that mounts one over it would keep that one's owner and mode, whoever the operator is.
if ! getent passwd 1000 >/dev/null; then
  useradd --uid 1000 --user-group --no-create-home --shell /bin/bash cavern
fi
mkdir -p /workspace
chown 1000:1000 /workspace

# The workspace belongs to the operator, who need not be uid 1000; inside, nothing is more trusted than anything else.
git config --system --add safe.directory '*'

# Root of the image can still not be had by a program that raises its own rights.
find / -xdev -type f -perm /6000 -exec chmod ug-s {} +

rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/* /usr/share/doc/* /usr/share/man/* /usr/share/locale/* /tmp/*
