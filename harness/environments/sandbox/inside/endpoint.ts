/** An address and port on which a Service's pods take connections. */
export interface Endpoint {
  readonly address: string
  readonly port: number
  /** Whether it is in a network apart from that of nginx. */
  readonly isApart?: boolean
}
