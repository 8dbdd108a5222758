import type { Bytes, Header } from './message.ts'

/** What a client sends. `via` is where it enters: nginx, the gateway, or a Service by its name (the runbook's port-forward). */
export interface ClientRequest {
  readonly via: string
  readonly method: string
  readonly target: string
  readonly httpVersion: '1.0' | '1.1'
  /** Sent as they are; `Host` is added where it is missing, `X-Request-ID` too, and `Content-Length` where there is a body. */
  readonly headers: readonly Header[]
  readonly body: Bytes
}
