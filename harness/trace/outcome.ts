/**
 * What became of a request that a hop sent on: `answered`; `refused` (nobody listens: no endpoints); `connect-timeout`
 * (silence: a stale ClusterIP); `read-timeout` (connected, no answer in time); `reset` (closed in the middle);
 * `unresolved` (the name means nothing to DNS); `invalid` (bytes that are not HTTP); `header-too-big` (an answer whose header
 * is larger than nginx's `proxy_buffer_size`); `abandoned` (the hop's own client left before there was an outcome).
 */
export type Outcome =
  | 'answered'
  | 'refused'
  | 'connect-timeout'
  | 'read-timeout'
  | 'reset'
  | 'unresolved'
  | 'invalid'
  | 'header-too-big'
  | 'abandoned'

/** Ways in which a try comes to no answer while its hop waits for one. */
export type Failure = Exclude<Outcome, 'answered' | 'abandoned'>
