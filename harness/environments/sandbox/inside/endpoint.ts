/** An address and port on which a Service's pods take connections; `unix:` and the path of a socket has none. */
export interface Endpoint {
  readonly address: string
  readonly port: number
  /** Whether it is in a network apart from that of nginx. */
  readonly isApart?: boolean
  /** Which of the Service's ports it is for, counted from 0; the first one where nothing is said. */
  readonly index?: number
}

/** The path of a unix domain socket; null where it is an address with a port. */
export function socketPath({ address }: Pick<Endpoint, 'address'>): string | null {
  return address.startsWith('unix:') ? address.slice('unix:'.length) : null
}
