import type { CgiProtocol } from '../chain/message.ts'
import type { BareFailure, TlsFault } from './outcome.ts'

/**
 * Why a hop did what it did, as it was at that moment. Texts are bytes as they came: the printer makes them harmless.
 */
export type ReasonFact = NginxFact | GatewayFact | WorldFact

/** What nginx decided, in the order of its phases. */
export type NginxFact =
  // Reading the head
  | { readonly kind: 'head-refused'; readonly status: number; readonly fault: HeadFault; readonly value: string }
  | { readonly kind: 'header-ignored'; readonly name: string }
  | { readonly kind: 'https-port' }
  | { readonly kind: 'certificate-wanted'; readonly line: string }
  | { readonly kind: 'other-name-negotiated'; readonly line: string; readonly host: string }
  // The server
  | {
      readonly kind: 'server-name'
      readonly how: 'exact' | 'leading' | 'trailing' | 'regex'
      readonly name: string
      readonly host: string
    }
  | { readonly kind: 'default-server'; readonly host: string; readonly isMarked: boolean }
  | { readonly kind: 'client-address'; readonly header: string; readonly address: string }
  // The location
  | { readonly kind: 'exact-location'; readonly name: string }
  | { readonly kind: 'slash-redirect'; readonly name: string; readonly uri: string }
  | { readonly kind: 'longest-prefix'; readonly name: string; readonly forbidsRegexes: boolean }
  | { readonly kind: 'regex-location'; readonly label: string; readonly prefix: string | null }
  | { readonly kind: 'internal-location'; readonly label: string }
  | { readonly kind: 'method-limited'; readonly method: string; readonly line: string; readonly label: string }
  | { readonly kind: 'body-too-large'; readonly lengthBytes: number; readonly line: string | null }
  | { readonly kind: 'body-not-chunked' }
  /** `announcedBytes` is null for a chunked body, whose last chunk has not come. */
  | { readonly kind: 'body-unfinished'; readonly announcedBytes: number | null; readonly sentBytes: number }
  // Rewriting
  | { readonly kind: 'returned'; readonly line: string }
  | { readonly kind: 'if-holds'; readonly line: string }
  | { readonly kind: 'arguments-set'; readonly value: string }
  | { readonly kind: 'rewritten'; readonly pattern: string; readonly before: string; readonly uri: string }
  | { readonly kind: 'rewrite-redirect'; readonly pattern: string; readonly before: string; readonly location: string }
  | { readonly kind: 'rewritten-to-nothing' }
  | { readonly kind: 'uri-cycle'; readonly doing: 'processing' | 'redirecting'; readonly uri: string }
  // Access
  | { readonly kind: 'rate-limited'; readonly line: string }
  | { readonly kind: 'address-denied'; readonly line: string; readonly address: string }
  | { readonly kind: 'password-wanted'; readonly line: string }
  | { readonly kind: 'password-unknown'; readonly line: string }
  | { readonly kind: 'no-password-file'; readonly path: string }
  // Subrequests
  | { readonly kind: 'auth-asked'; readonly line: string; readonly uri: string }
  | { readonly kind: 'auth-answered'; readonly line: string; readonly status: number }
  | { readonly kind: 'mirrored'; readonly line: string; readonly uri: string }
  // Files
  | { readonly kind: 'answers-itself'; readonly line: string }
  | { readonly kind: 'file-tried'; readonly path: string }
  | { readonly kind: 'no-file-tried'; readonly names: readonly string[] }
  | { readonly kind: 'index-found'; readonly path: string }
  | { readonly kind: 'folder-redirect'; readonly path: string }
  | { readonly kind: 'file-answers'; readonly path: string }
  | { readonly kind: 'no-file'; readonly status: number; readonly fault: FileFault; readonly path: string }
  | { readonly kind: 'alias-rewritten' }
  // Passing on
  | { readonly kind: 'proxy-url'; readonly url: string }
  | { readonly kind: 'no-proxy-url'; readonly url: string }
  | { readonly kind: 'proxies-nowhere' }
  /** `key` is empty where `$memcached_key` has no value. */
  | { readonly kind: 'memcached-asked'; readonly key: string }
  | { readonly kind: 'pass-address'; readonly address: string }
  | { readonly kind: 'no-pass-address'; readonly address: string }
  | { readonly kind: 'params-too-long'; readonly protocol: CgiProtocol }
  | { readonly kind: 'script-named'; readonly path: string }
  | { readonly kind: 'no-script' }
  | { readonly kind: 'no-resolver'; readonly host: string }
  | { readonly kind: 'unresolved'; readonly host: string; readonly isSilent: boolean; readonly resolver: string }
  | { readonly kind: 'target-empty' }
  | { readonly kind: 'target-as-sent' }
  | { readonly kind: 'target-from-variables'; readonly part: string }
  | { readonly kind: 'target-by-set'; readonly line: string }
  | { readonly kind: 'target-rewritten'; readonly uri: string }
  | { readonly kind: 'target-after-break'; readonly part: string }
  | { readonly kind: 'prefix-replaced'; readonly part: string; readonly prefix: string }
  | { readonly kind: 'peer-chosen'; readonly upstream: string; readonly address: string; readonly port: number }
  | { readonly kind: 'no-live-peer' }
  | {
      readonly kind: 'try-failed'
      readonly address: string
      readonly port: number
      readonly outcome: BareFailure
    }
  | {
      readonly kind: 'handshake-failed'
      readonly address: string
      readonly port: number
      readonly fault: TlsFault
      /** What was named in the handshake (SNI); null where nothing was. */
      readonly serverName: string | null
    }
  | { readonly kind: 'try-passed-over'; readonly status: number }
  // Caching
  | {
      readonly kind: 'cache-answers'
      readonly status: string
      readonly key: string
      /** The request that brought the answer. */
      readonly storedBy: { readonly method: string; readonly target: string; readonly host: string }
      readonly agoS: number
      /** Seconds for which it is good; negative where it is over. */
      readonly leftS: number
      /** Whether the request that brought it had other cookies, or another Authorization. */
      readonly isOfOther: boolean
      readonly line: string
    }
  | { readonly kind: 'cache-asks'; readonly status: string; readonly key: string; readonly line: string }
  | { readonly kind: 'cache-bypassed'; readonly line: string }
  | { readonly kind: 'cache-updated-beside'; readonly line: string }
  /** `line` is null where the answer itself says for how long. */
  | { readonly kind: 'cache-stored'; readonly key: string; readonly forS: number; readonly line: string | null }
  | { readonly kind: 'cache-not-stored'; readonly why: string; readonly line: string }
  // Slices
  | { readonly kind: 'slice-came'; readonly line: string; readonly range: string; readonly of: number }
  | { readonly kind: 'slice-refused'; readonly line: string; readonly range: string; readonly fault: SliceFault }
  // Answering
  | { readonly kind: 'answer-intercepted'; readonly status: number; readonly line: string }
  | { readonly kind: 'error-page'; readonly status: number; readonly line: string }
  | { readonly kind: 'internal-redirect'; readonly target: string }
  | { readonly kind: 'named-location'; readonly name: string }
  | { readonly kind: 'no-named-location'; readonly name: string }
  | { readonly kind: 'no-uri'; readonly name: string }
  | { readonly kind: 'accel-redirect'; readonly uri: string }
  | { readonly kind: 'redirect-rewritten'; readonly before: string; readonly location: string }
  | { readonly kind: 'raw-bytes' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'decompressed' }
  | { readonly kind: 'compressed' }
  | { readonly kind: 'text-replaced' }
  | { readonly kind: 'closed'; readonly status: number }
  | { readonly kind: 'not-for-status'; readonly status: number }
  | { readonly kind: 'not-inherited'; readonly line: string }
  | { readonly kind: 'empty-value' }

/** What is wrong with the head of a request. */
export type HeadFault =
  | 'request-line'
  | 'target'
  | 'host'
  | 'header-line'
  | 'line-too-long'
  | 'headers-too-long'
  | 'too-many-headers'
  | 'header-twice'
  | 'host-missing'
  | 'content-length'
  | 'coding-in-1.0'
  | 'coding-unknown'
  | 'length-and-coding'
  | 'method'

/** What is wrong with the answer for a slice. */
export type SliceFault = 'status' | 'etag' | 'no-range' | 'no-length' | 'other-range'

/** Why no file answers. */
export type FileFault = 'method' | 'no-file' | 'no-folder' | 'not-a-folder' | 'no-index' | 'posted'

/** What the gateway did. */
export type GatewayFact =
  /** The sentence of its own log line. */
  | { readonly kind: 'gateway-log'; readonly detail: string }
  /** No path of routes.yaml took the request; it has the form that a route sends. Our reading: docs/decisions/0015. */
  | { readonly kind: 'carried-by-rewritten-form'; readonly path: string }
  | { readonly kind: 'cors-does-not-say-so' }
  | { readonly kind: 'public-path'; readonly line: string }
  | { readonly kind: 'not-http' }
  | { readonly kind: 'no-gateway-log' }

/** What is known from outside of a hop: its log, the cluster. */
export type WorldFact =
  | { readonly kind: 'nginx-log'; readonly note: string }
  | { readonly kind: 'no-nginx-log' }
  /** A real nginx looked for it on the host of its environment, which is not the host that the chain stands for. */
  | { readonly kind: 'file-missing'; readonly path: string }
  | { readonly kind: 'model-differs'; readonly difference: string }
  | { readonly kind: 'location-used'; readonly line: string }
  | {
      readonly kind: 'address-changed-hands'
      readonly address: string
      readonly owner: string
      readonly now: string | null
    }

/** What kept a location or a route that stood close from being chosen. */
export type NearMissReason =
  | { readonly kind: 'not-exact'; readonly name: string; readonly uri: string }
  | { readonly kind: 'exact-won'; readonly name: string; readonly winner: string }
  | { readonly kind: 'regex-won'; readonly name: string; readonly winner: string }
  | { readonly kind: 'shorter'; readonly name: string; readonly winner: string }
  | { readonly kind: 'slash-missing'; readonly name: string; readonly uri: string }
  | { readonly kind: 'case-differs'; readonly name: string; readonly uri: string }
  | { readonly kind: 'narrower'; readonly name: string; readonly uri: string }
  | { readonly kind: 'regex-does-not-match'; readonly label: string; readonly uri: string }
  | { readonly kind: 'exact-comes-first'; readonly label: string; readonly winner: string }
  | { readonly kind: 'regexes-forbidden'; readonly label: string; readonly winner: string }
  | { readonly kind: 'regex-comes-later'; readonly label: string; readonly winner: string }
  /** The gateway compares segments, and words it itself. */
  | { readonly kind: 'route'; readonly because: string }
