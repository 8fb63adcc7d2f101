#!/usr/bin/env bash
# Safe Passage edge agents on a Debian device: install, upgrade with rollback, uninstall. Needs no network.
set -euo pipefail
umask 022

usage() {
  cat <<'HELP'
Edge agents of Safe Passage on this device.

  install.sh install ARCHIVE     put the version in the archive in use; the same for an upgrade. What runs is started again;
                                 where the new version does not start, the old one comes back (exit code 4)
  install.sh rollback            put the version before this one in use again
  install.sh status              which version is in use, and which agents run
  install.sh uninstall [--purge] take everything away; with --purge the configurations and reports that wait, too

Options:
  --root DIR    install into this folder in place of /, and start nothing (for images, and for trying out)
  --wait SEC    how long an agent may take to start (default: 60)

ARCHIVE is safe-passage-edge-VERSION-PROCESSOR.tar.gz as deploy/edge/pack makes it; ARCHIVE.sha256 has to lie beside it.
Afterwards: one file /etc/safe-passage/CAMERA.yaml for each camera, then  safe-passage check -c /etc/safe-passage/CAMERA.yaml  and
systemctl enable --now safe-passage-edge@CAMERA
HELP
}

say() { printf '%s\n' "$*"; }
fail() { # MESSAGE REMEDY [CODE]
  printf 'install.sh: %s\n%s\n' "$1" "$2" >&2
  exit "${3:-1}"
}

root='' wait_seconds=60 purge=no command='' archive=''
while [ $# -gt 0 ]; do
  case "$1" in
    --root | --wait)
      [ $# -ge 2 ] || fail "$1 needs a value" 'See: install.sh --help' 2
      case "$1" in --root) root=${2%/} ;; --wait) wait_seconds=$2 ;; esac
      shift 2
      ;;
    --purge) purge=yes; shift ;;
    -h | --help | help) usage; exit 0 ;;
    -*) fail "there is no option $1" 'See: install.sh --help' 2 ;;
    *)
      if [ -z "$command" ]; then command=$1; elif [ -z "$archive" ]; then archive=$1; else fail "\"$1\" is one word too many" 'See: install.sh --help' 2; fi
      shift
      ;;
  esac
done
[ -n "$command" ] || { usage >&2; exit 2; }
[[ "$wait_seconds" =~ ^[0-9]{1,4}$ ]] || fail "--wait takes seconds; found \"$wait_seconds\"" 'See: install.sh --help' 2

home="$root/opt/safe-passage"
etc="$root/etc/safe-passage"
data="$root/var/lib/safe-passage"
units="$root/etc/systemd/system"
unit='safe-passage-edge@.service'
systemctl=${SAFE_PASSAGE_SYSTEMCTL:-systemctl}

# Whether there is a systemd to talk to: not in an image that is being made.
managed() {
  if [ -n "${SAFE_PASSAGE_SYSTEMCTL:-}" ]; then return 0; fi
  [ -z "$root" ] && [ -d /run/systemd/system ]
}
agents() { "$systemctl" list-units --plain --no-legend --all 'safe-passage-edge@*.service' 2>/dev/null | awk '{ print $1 }'; }
running() { "$systemctl" list-units --plain --no-legend --state=active,activating,failed 'safe-passage-edge@*.service' 2>/dev/null | awk '{ print $1 }'; }
current() { if [ -L "$home/current" ]; then basename "$(readlink "$home/current")"; fi; }
previous() { if [ -s "$home/previous" ]; then cat "$home/previous"; fi; }

need_root() {
  [ -n "$root" ] || [ "$(id -u)" = 0 ] || fail 'this needs the rights of root' "Run: sudo $0 $command ..."
}

# Only one at a time.
lock() {
  mkdir -p "$home"
  exec 9>"$home/.lock"
  flock --nonblock 9 || fail 'another install.sh is at work' 'Wait until it is done.'
}

user_and_folders() {
  if [ -z "$root" ] && ! id safe-passage >/dev/null 2>&1; then
    useradd --system --home-dir /var/lib/safe-passage --no-create-home --shell /usr/sbin/nologin safe-passage
  fi
  mkdir -p "$etc" "$data" "$units" "$root/usr/local/bin"
  chmod 0750 "$etc"
  chmod 0700 "$data"
  if [ -z "$root" ]; then
    chown root:safe-passage "$etc"
    chown safe-passage:safe-passage "$data"
  fi
}

# All or nothing: a link is replaced in one step.
point_to() {
  ln -sfn "releases/$1" "$home/current.new"
  mv -T "$home/current.new" "$home/current"
}

# What belongs to the version in use outside of its folder.
put_in_place() {
  install -m 0644 "$home/current/deploy/systemd/$unit" "$units/$unit"
  cat >"$root/usr/local/bin/safe-passage" <<'SH'
#!/bin/sh
# The agent's commands, as the agent's user: what it cannot read or write is told by a check.
program=/opt/safe-passage/current
if [ "$(id -u)" = 0 ]; then
  exec setpriv --reuid safe-passage --regid safe-passage --init-groups env SAFE_PASSAGE_MODELS=/var/lib/safe-passage/models "$program/bin/node" "$program/edge/src/main.ts" "$@"
fi
exec env SAFE_PASSAGE_MODELS=/var/lib/safe-passage/models "$program/bin/node" "$program/edge/src/main.ts" "$@"
SH
  chmod 0755 "$root/usr/local/bin/safe-passage"
  if managed; then "$systemctl" daemon-reload; fi
}

# Starts again what ran. Type=notify: the command returns when an agent has said that it is ready, or not.
restart() { # UNITS...
  local name
  for name in "$@"; do
    "$systemctl" reset-failed "$name" 2>/dev/null || true
    timeout "$wait_seconds" "$systemctl" restart "$name" || return 1
    "$systemctl" is-active --quiet "$name" || return 1
  done
}

use() { # VERSION
  point_to "$1"
  put_in_place
}

check_archive() {
  [ -f "$archive" ] || fail "there is no archive \"$archive\"" 'Give the file that deploy/edge/pack made.'
  [ -f "$archive.sha256" ] || fail "there is no $archive.sha256" 'Copy it too: it tells whether the archive arrived whole.'
  local wanted found
  wanted=$(cut -d ' ' -f 1 "$archive.sha256")
  found=$(sha256sum "$archive" | cut -d ' ' -f 1)
  [ "$wanted" = "$found" ] || fail "$archive did not arrive whole: its SHA-256 is not that of $archive.sha256" 'Copy both again.'
}

install_archive() {
  need_root
  [ -n "$archive" ] || fail 'the archive is missing' 'Say: install.sh install safe-passage-edge-VERSION-PROCESSOR.tar.gz' 2
  check_archive
  lock
  local version before fresh
  rm -rf "$home/incoming"
  mkdir -p "$home/incoming" "$home/releases"
  tar --extract --gzip --no-same-owner --file "$archive" --directory "$home/incoming" || fail "$archive cannot be unpacked" 'Is the disk full?'
  version=$(cat "$home/incoming/VERSION" 2>/dev/null || true)
  [[ "$version" =~ ^[0-9A-Za-z][0-9A-Za-z.+-]{0,39}$ ]] || { rm -rf "$home/incoming"; fail "$archive holds no edge agent" 'Give the file that deploy/edge/pack made.'; }
  # Tried before anything is replaced: another processor, a broken file.
  if ! "$home/incoming/bin/node" "$home/incoming/edge/src/main.ts" --help >/dev/null 2>"$home/incoming.log"; then
    cat "$home/incoming.log" >&2
    rm -rf "$home/incoming" "$home/incoming.log"
    fail "version $version does not run on this device; nothing was changed" 'Is the archive for another processor?' 3
  fi
  rm -f "$home/incoming.log"
  before=$(current)
  user_and_folders
  fresh=$home/releases/$version
  # The same version again may be a mended archive: its folder is replaced in one step.
  rm -rf "$fresh.old"
  if [ -d "$fresh" ]; then mv "$fresh" "$fresh.old"; fi
  mv "$home/incoming" "$fresh"
  local ran=()
  if managed; then mapfile -t ran < <(running); fi
  use "$version"
  if [ ${#ran[@]} -gt 0 ] && ! restart "${ran[@]}"; then
    say "Version $version does not start: the version before comes back. The log: journalctl -u 'safe-passage-edge@*'" >&2
    if [ -d "$fresh.old" ]; then
      rm -rf "$fresh"
      mv "$fresh.old" "$fresh"
    fi
    if [ -n "$before" ]; then
      use "$before"
      restart "${ran[@]}" || say "Version $before does not start either." >&2
    fi
    [ "$before" = "$version" ] || rm -rf "$fresh"
    exit 4
  fi
  rm -rf "$fresh.old"
  if [ -n "$before" ] && [ "$before" != "$version" ]; then printf '%s\n' "$before" >"$home/previous"; fi
  tidy
  if [ -z "$before" ]; then say "Version $version is installed."; else say "Version $version is in use${before:+, in place of $before}."; fi
  if [ ${#ran[@]} -eq 0 ]; then
    say "Next: write $etc/CAMERA.yaml, then  safe-passage check -c $etc/CAMERA.yaml  and  systemctl enable --now safe-passage-edge@CAMERA"
  fi
}

# The version in use and the one before it stay.
tidy() {
  local folder
  for folder in "$home"/releases/*; do
    case "$(basename "$folder")" in "$(current)" | "$(previous)") ;; *) rm -rf "$folder" ;; esac
  done
}

rollback() {
  need_root
  lock
  local before now ran=()
  before=$(previous)
  now=$(current)
  { [ -n "$before" ] && [ -d "$home/releases/$before" ]; } || fail 'there is no version before this one' 'Install the archive of the version that you want.'
  if managed; then mapfile -t ran < <(running); fi
  use "$before"
  printf '%s\n' "$now" >"$home/previous"
  if [ ${#ran[@]} -gt 0 ]; then restart "${ran[@]}" || fail "version $before does not start" "See: journalctl -u 'safe-passage-edge@*'" 4; fi
  say "Version $before is in use, in place of $now."
}

status() {
  local now
  now=$(current)
  [ -n "$now" ] || { say 'nothing is installed'; exit 1; }
  say "version $now in use, before it $(previous || true)"
  if managed; then "$systemctl" list-units --plain --no-legend --all 'safe-passage-edge@*.service'; fi
}

uninstall() {
  need_root
  local name
  if managed; then
    for name in $(agents); do "$systemctl" disable --now "$name" || true; done
  fi
  rm -rf "$home" "$root/usr/local/bin/safe-passage" "${units:?}/$unit"
  if managed; then "$systemctl" daemon-reload; fi
  if [ $purge = yes ]; then
    rm -rf "$etc" "$data"
    if [ -z "$root" ] && id safe-passage >/dev/null 2>&1; then userdel safe-passage; fi
    say 'Everything is gone, configurations and waiting reports too.'
  else
    say "The agents are gone. Configurations are in $etc, reports that wait in $data: --purge takes them too."
  fi
}

case "$command" in
  install | upgrade) install_archive ;;
  rollback | status | uninstall) "$command" ;;
  *)
    usage >&2
    exit 2
    ;;
esac
