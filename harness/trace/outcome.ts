/**
 * What became of a request that a hop sent on: `answered`; `refused` (nobody listens: no endpoints); `connect-timeout`
 * (silence: a stale ClusterIP); `tls-failed` (connected, and the TLS handshake came to nothing); `read-timeout` (connected, no answer in time); `reset` (closed in the middle);
 * `unresolved` (the name means nothing to DNS); `invalid` (bytes that are not HTTP); `header-too-big` (an answer whose header
 * is larger than nginx's `proxy_buffer_size`); `abandoned` (the hop's own client left before there was
 * an outcome, or nobody waited for it any longer: `mirror`).
 */
export type Outcome =
  | 'answered'
  | 'refused'
  | 'connect-timeout'
  | 'tls-failed'
  | 'read-timeout'
  | 'reset'
  | 'unresolved'
  | 'invalid'
  | 'header-too-big'
  | 'abandoned'

/** Ways in which a try comes to no answer while its hop waits for one. */
export type Failure = Exclude<Outcome, 'answered' | 'abandoned'>

/** A failure of which there is no more to say. */
export type BareFailure = Exclude<Failure, 'tls-failed'>

/**
 * Why a TLS handshake with an upstream came to nothing: `plain` (it speaks no TLS); `unverified` (nobody who is trusted stands for its
 * certificate: the code is that of X509_verify_cert_error_string(3)); `other-name` (its certificate is another's); `alert` (it turned
 * the client away: the alert's number, RFC 8446 section 6); `closed` (it closed the connection).
 */
export type TlsFault =
  | { readonly kind: 'plain' }
  | { readonly kind: 'unverified'; readonly code: number }
  | { readonly kind: 'other-name'; readonly name: string }
  | { readonly kind: 'alert'; readonly alert: number }
  | { readonly kind: 'closed' }
