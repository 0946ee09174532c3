#!/bin/sh
# Makes the workspace image's root file system in FOLDER where no base image can be pulled: Debian's own packages through debootstrap,
# then LOCAL (the pinned Node and npm) and the same finishing touches as the Dockerfile. Needs root.
set -eu
folder=$1
local=$2
here=$(dirname "$0")
export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

debootstrap --variant=minbase --include="$(paste -sd, "$here/packages.txt")" bookworm "$folder"
cp -R "$local/." "$folder/usr/local/"
chown -R 0:0 "$folder/usr/local"
cp "$here/finish.sh" "$folder/tmp/finish.sh"
chroot "$folder" sh /tmp/finish.sh
rm -f "$folder/etc/resolv.conf" "$folder/etc/hostname"
