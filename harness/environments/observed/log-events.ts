import type { CgiProtocol } from '../../chain/message.ts'
import type { BareFailure, TlsFault } from '../../trace/outcome.ts'
import type { LogEntry } from './log-entries.ts'

/** What an entry of nginx's debug log says of a request, as far as a trace needs to know it. */
export type LogEvent =
  /** A location was compared with the URI. */
  | { readonly kind: 'tested'; readonly name: string; readonly isRegex: boolean }
  /** A location was chosen; an empty name is the server block itself. */
  | { readonly kind: 'chosen'; readonly name: string; readonly isExact: boolean }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'redirected'; readonly uri: string }
  /** A request within the request is begun (`auth_request`, `mirror`). Names are the URI and the arguments, as they are by then. */
  | { readonly kind: 'subrequest'; readonly name: string }
  /** What follows is about the request of that name, which may do its first step. */
  | { readonly kind: 'goes-on'; readonly name: string; readonly mayBegin: boolean }
  /** What came before was about the request of that name, which waits for something, or is over. */
  | { readonly kind: 'pauses'; readonly name: string; readonly isOver: boolean }
  /** The request that waited for this subrequest is the one of that name. */
  | { readonly kind: 'wakes'; readonly name: string }
  /** The request for the upstream was put together. The text is its head, cut where the log entry is full. */
  | { readonly kind: 'made'; readonly head: string }
  /** What is sent asks memcached for a key. */
  | { readonly kind: 'asks-memcached'; readonly key: string }
  /** What memcached answers: the bytes of a value; null for none. */
  | { readonly kind: 'memcached-answered'; readonly lengthBytes: string | null }
  /** A parameter for an application. `isWhole` false: it ends where the log entry is full. */
  | {
      readonly kind: 'param'
      readonly protocol: CgiProtocol
      readonly name: string
      readonly value: string
      readonly isWhole: boolean
    }
  /** A header that a request by HTTP/2 is made with, or one of the answer: `:method` begins the one, `:status` the other. */
  | { readonly kind: 'grpc'; readonly name: string; readonly value: string; readonly isWhole: boolean }
  | { readonly kind: 'connects'; readonly address: string; readonly port: number }
  /** A connection that was kept alive is used again; the log does not say whereto. */
  | { readonly kind: 'reuses' }
  /** The connection stood, and the request was sent. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'failed'; readonly outcome: BareFailure }
  | { readonly kind: 'handshake-failed'; readonly fault: TlsFault }
  /** The upstream's bytes do not begin with `HTTP/`: they go on to the client as they are. */
  | { readonly kind: 'raw' }
  | { readonly kind: 'status'; readonly status: number }
  /** `isWhole` false: the value ends where the log entry is full. */
  | {
      readonly kind: 'header'
      readonly name: string
      readonly value: string
      readonly isWhole: boolean
      /** Of an application: no status comes before it. */
      readonly isCgi: boolean
    }
  | { readonly kind: 'answered' }
  /** The cache answers: the head that was read last is one that it had. */
  | { readonly kind: 'from-cache' }
  /** A slice does not fit: whatever upstreams answered, nginx closes the client's connection. */
  | { readonly kind: 'slice-refused' }
  /** nginx makes the answer itself, or an error page does. */
  | { readonly kind: 'own-answer'; readonly status: number }

type Reader = (...groups: string[]) => LogEvent

const failed =
  (outcome: BareFailure): Reader =>
  () => ({ kind: 'failed', outcome })

/** The entries that say something, at level `debug`. The formats are those of nginx 1.22 (src/http), and of newer ones. */
const DEBUG: readonly (readonly [RegExp, Reader])[] = [
  [/^test location: (~ )?"([\s\S]*)"$/, (regex, name) => ({ kind: 'tested', name, isRegex: regex !== '' })],
  [/^using configuration "(=?)([\s\S]*)"$/, (exact, name) => ({ kind: 'chosen', name, isExact: exact !== '' })],
  [/^using location: (@\S*) /, (name) => ({ kind: 'named', name })],
  [/^internal redirect: "([\s\S]*)"$/, (uri) => ({ kind: 'redirected', uri })],
  [/^http memcached request: "([\s\S]*)"$/, (key) => ({ kind: 'asks-memcached', key })],
  [/^memcached: "VALUE \S+ \S+ (\d+)"$/, (lengthBytes) => ({ kind: 'memcached-answered', lengthBytes })],
  [/^memcached: "END"$/, () => ({ kind: 'memcached-answered', lengthBytes: null })],
  [/^http subrequest "([\s\S]*)"$/, (name) => ({ kind: 'subrequest', name })],
  [
    /^http (posted|upstream|run) request: "([\s\S]*)"$/,
    (how, name) => ({ kind: 'goes-on', name, mayBegin: how === 'posted' }),
  ],
  [
    /^http finalize request: (-?\d+), "([\s\S]*)" a:\d, c:\d+$/,
    (code, name) => ({ kind: 'pauses', name, isOver: code === '0' }),
  ],
  [/^http wake parent request: "([\s\S]*)"$/, (name) => ({ kind: 'wakes', name })],
  [/^http proxy header:\n"([\s\S]*)$/, (head) => ({ kind: 'made', head })],
  [/^connect to (?:\[([^\]]+)\]|([^:\s]+)):(\d+), fd:/, (v6, v4, port) => connects(v6 || v4, port)],
  [/^connect to (unix:.+), fd:/, (path) => connects(path, '0')],
  [/^http upstream send request$/, () => ({ kind: 'sent' })],
  [/^get keepalive peer: using connection /, () => ({ kind: 'reuses' })],
  [/^(fastcgi|scgi|uwsgi) param: "([^:]*): ([\s\S]*)$/, paramOf],
  [/^grpc header: "(:?[^:]*): ([\s\S]*)$/, (name, rest) => ({ kind: 'grpc', name, ...unquoted(rest) })],
  [/^grpc header done$/, () => ({ kind: 'answered' })],
  [/^http (?:proxy|scgi|uwsgi) status (\d+) /, (status) => ({ kind: 'status', status: Number(status) })],
  [/^http (proxy|fastcgi|scgi|uwsgi) header: "([^:]*): ?([\s\S]*)$/, headerOf],
  [/^http (?:proxy|fastcgi|scgi|uwsgi) header done$/, () => ({ kind: 'answered' })],
  [/^http file cache send: /, () => ({ kind: 'from-cache' })],
  [/^http special response: (\d+), /, (status) => ({ kind: 'own-answer', status: Number(status) })],
]

const handshakeFailed = (fault: TlsFault): LogEvent => ({ kind: 'handshake-failed', fault })

/** What went wrong in a TLS handshake (ngx_http_upstream_ssl_handshake, ngx_ssl_handshake). */
const TLS_FAILURES: readonly (readonly [RegExp, Reader])[] = [
  [
    /^upstream SSL certificate verify error: \((\d+):.* while SSL handshaking to upstream/,
    (code) => handshakeFailed({ kind: 'unverified', code: Number(code) }),
  ],
  [
    /^upstream SSL certificate does not match "(.*)" while SSL handshaking to upstream/,
    (name) => handshakeFailed({ kind: 'other-name', name }),
  ],
  [
    /^SSL_do_handshake\(\) failed .*SSL alert number (\d+).* while SSL handshaking to upstream/,
    (alert) => handshakeFailed({ kind: 'alert', alert: Number(alert) }),
  ],
  [/^SSL_do_handshake\(\) failed .* while SSL handshaking to upstream/, () => handshakeFailed({ kind: 'plain' })],
  [/ while SSL handshaking to upstream/, () => handshakeFailed({ kind: 'closed' })],
]

/** What went wrong with an upstream, in the entries of every other level. */
const FAILURES: readonly (readonly [RegExp, Reader])[] = [
  [/^[\w -]+ in slice response\b/, () => ({ kind: 'slice-refused' })],
  [/^connect\(\) .*failed \(110: [\s\S]*while connecting to upstream/, failed('connect-timeout')],
  [/^connect\(\) .*failed [\s\S]*(?:while connecting to upstream|, upstream: ")/, failed('refused')],
  [/^upstream timed out [\s\S]*while (?:connecting|SSL handshaking) to upstream/, failed('connect-timeout')],
  ...TLS_FAILURES,
  [/^upstream timed out [\s\S]*while (?:reading|sending) .*upstream/, failed('read-timeout')],
  [/^upstream prematurely closed connection while (?:reading|sending) .*upstream/, failed('reset')],
  [/^\w+\(\) failed \(\d+: [^)]*\) while (?:reading|sending) .*upstream/, failed('reset')],
  [/^upstream prematurely closed FastCGI stdout while reading response header/, failed('invalid')],
  [/^memcached sent invalid /, failed('invalid')],
  [/^upstream sent no valid HTTP\/1\.0 header/, () => ({ kind: 'raw' })],
  [/^upstream sent too big header /, failed('header-too-big')],
  [/^upstream sent [\s\S]*while reading response header from upstream/, failed('invalid')],
  // What nginx says that it was doing is of the connection: where it has several requests, it may be another one's.
  [/^upstream timed out /, failed('read-timeout')],
  [/^upstream prematurely closed connection /, failed('reset')],
  [/^\w+\(\) failed \(\d+: [^)]*\)[\s\S]*, upstream: "/, failed('reset')],
  // A client that no longer waits: what nginx was waiting for did not come.
  [
    /client prematurely closed connection.* while (?:connecting|SSL handshaking) to upstream/,
    failed('connect-timeout'),
  ],
  [/client prematurely closed connection.* while (?:reading|sending) .*upstream/, failed('read-timeout')],
]

/** The event of an entry; null where it is of no interest. */
export function eventOf({ level, text }: LogEntry): LogEvent | null {
  for (const [pattern, read] of level === 'debug' ? DEBUG : FAILURES) {
    const match = pattern.exec(text)
    if (match !== null) return read(...match.slice(1).map((group) => group ?? ''))
  }
  return null
}

/** A text that ends with its closing quote, or where the log entry is full. */
function unquoted(text: string): { value: string; isWhole: boolean } {
  return text.endsWith('"') ? { value: text.slice(0, -1), isWhole: true } : { value: text, isWhole: false }
}

function paramOf(protocol: string, name: string, rest: string): LogEvent {
  const named = protocol === 'scgi' || protocol === 'uwsgi' ? protocol : 'fastcgi'
  return { kind: 'param', protocol: named, name, ...unquoted(rest) }
}

function headerOf(protocol: string, name: string, rest: string): LogEvent {
  return { kind: 'header', name, ...unquoted(rest), isCgi: protocol !== 'proxy' }
}

function connects(address: string, port: string): LogEvent {
  return { kind: 'connects', address, port: Number(port) }
}
