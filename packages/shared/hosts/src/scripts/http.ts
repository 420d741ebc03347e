import { basics, word } from './basics.ts';

/** Bytes of an answer that are read. */
const longest = 65_536;

/**
 * Asks a port of the host itself with what it has for that, and says the
 * answer as it comes, one `http` a line. `silent`: there was none; `lacks`:
 * the host has nothing to ask with.
 */
export function httpScript({ port, path }: { port: number; path: string }): string {
  return `${basics}
has() { command -v "$1" >/dev/null 2>&1; }
port=${port}
path=${word(path)}
request() { printf 'GET %s HTTP/1.1\\r\\nHost: 127.0.0.1:%s\\r\\nConnection: close\\r\\n\\r\\n' "$path" "$port"; }
ask() {
  if has bash; then
    request | bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && while IFS= read -r line; do printf "%s\\n" "$line"; done >&3 && exec head -c ${longest} <&3' bash "$port"
  elif has curl; then
    curl -q -sS -g --raw -i --noproxy '*' "http://127.0.0.1:$port$path" | head -c ${longest}
  elif has nc; then
    request | nc 127.0.0.1 "$port" | head -c ${longest}
  elif has perl; then
    request | perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new("127.0.0.1:" . shift) or exit 1; print $s $_ while <STDIN>; read $s, $a, ${longest}; print $a' "$port"
  else
    say lacks
  fi
}
ask 2>/dev/null | {
  answered=
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in lacks) say lacks ;; *) say http "$line" ;; esac
    answered=1
  done
  [ -n "$answered" ] || say silent
}
:
`;
}
