#!/usr/bin/env bash
# Sets up, tests and runs the demo on Debian 13 and its Python 3.13, as a person without rights
# there, and holds the demo's scores against those of build/demo here. By root, with debootstrap:
#
#     tests/machines/debian13.sh FOLDER
#
# FOLDER gets some 8 GB and keeps what was made; a second call goes on with it. What is mounted is
# seen by this script alone. Proxies and indexes of packages are taken from the environment.
set -euo pipefail
if [ -z "${HANDBOOK_ALONE:-}" ]; then
    HANDBOOK_ALONE=1 exec unshare --mount --propagation private "$0" "$@"
fi
here=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(realpath -m "${1:?name a folder for the system}")
home=/home/person

if [ ! -e "$folder/complete" ]; then
    mkdir -p "$folder"
    debootstrap --variant=minbase --include=ca-certificates,git,make,python3,python3-venv \
        trixie "$folder"
    chroot "$folder" useradd --create-home person
    touch "$folder/complete"
fi
cp /etc/resolv.conf /etc/hosts "$folder/etc/"
if compgen -G "/usr/local/share/ca-certificates/*.crt" > /dev/null; then
    cp /usr/local/share/ca-certificates/*.crt "$folder/usr/local/share/ca-certificates/"
    chroot "$folder" update-ca-certificates > /dev/null
fi
mount --rbind /proc "$folder/proc"
mount --rbind /dev "$folder/dev"
mount -t tmpfs tmpfs "$folder/dev/shm"

inside() {
    local kept=()
    for name in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy PIP_INDEX_URL \
        PIP_EXTRA_INDEX_URL HANDBOOK_TORCH_INDEX; do
        if [ -n "${!name:-}" ]; then kept+=("$name=${!name}"); fi
    done
    chroot --userspec=person "$folder" env --ignore-environment "HOME=$home" LANG=C.UTF-8 \
        PATH=/usr/bin:/bin "${kept[@]}" bash -euc "cd $home && $1"
}

git -C "$here" bundle create --quiet "$folder/tmp/handbook.bundle" HEAD
inside "[ -d handbook ] || git clone --quiet /tmp/handbook.bundle handbook
    cd handbook && git fetch --quiet /tmp/handbook.bundle HEAD && git reset --quiet --hard FETCH_HEAD
    make setup"
inside "cd handbook && .venv/bin/pytest --quiet --numprocesses 2 \
    -m 'not slow and not data and not services and not browser and not gpu'"
inside "cd handbook && make demo"
if [ -e "$here/build/demo/results/runs.json" ]; then
    python3 "$here/tests/machines/agree.py" "$here/build/demo" "$folder$home/handbook/build/demo"
fi
