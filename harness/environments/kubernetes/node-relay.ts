import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2'
import type { Duplex } from 'node:stream'
import { text as readText } from 'node:stream/consumers'
import { listenerText } from '../../chain/client-request.ts'
import type { LogText, SiteFiles } from './node-relay/protocol.ts'

/** Opens a connection to the relay. */
export type Dial = () => Promise<Duplex>

/** What came of a connection from the node: it is open, nobody listens there, or nothing came back in time. */
export type NodeConnection =
  | { readonly kind: 'open'; readonly socket: Duplex }
  | { readonly kind: 'refused' }
  | { readonly kind: 'silence' }

/** Stands on the node for the test process: see node-relay/main.ts for what it speaks. All of it goes over one connection. */
export class NodeRelay {
  readonly #dial: Dial
  readonly #token: string
  #session: Promise<ClientHttp2Session> | null = null
  /** Questions and connections that are open. While there is none, the relay keeps no process running. */
  #open = 0

  /** @param token the word that opens it */
  constructor(dial: Dial, token: string) {
    this.#dial = dial
    this.#token = token
  }

  /** Opens a connection from the node, byte for byte. @throws {Error} the relay is not there */
  async connect(host: string, port: number, timeoutMs: number): Promise<NodeConnection> {
    const stream = await this.#request({ ':method': 'CONNECT', ':authority': listenerText({ address: host, port }) })
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        resolve({ kind: 'silence' })
        stream.destroy()
      }, timeoutMs)
      stream.once('response', ({ ':status': status }) => {
        clearTimeout(timer)
        if (status === 200) return resolve({ kind: 'open', socket: stream })
        resolve({ kind: 'refused' })
        stream.destroy()
      })
      // Whoever takes the connection over hears of what becomes of it; until then, it is the relay that is gone.
      stream.on('error', reject)
      stream.once('close', () => {
        clearTimeout(timer)
        reject(new Error('the relay closed the connection'))
      })
    })
  }

  /** Addresses that cluster DNS has for a name; none where it means nothing. */
  resolve(name: string): Promise<string[]> {
    return this.#ask('GET', `/dns/${name}`)
  }

  /** What nginx has logged beyond a position. */
  logSince(position: number): Promise<LogText> {
    return this.#ask('GET', `/log/${position}`)
  }

  /** What nginx says of its version and how it was built (`nginx -V`). */
  build(): Promise<string> {
    return this.#ask('GET', '/build')
  }

  /** Puts files where nginx reads them; those of before are gone. */
  putSite(site: SiteFiles): Promise<void> {
    return this.#ask('PUT', '/site', JSON.stringify(site))
  }

  /** Lets nginx read its files again, where the relay sees its process. */
  async reload(): Promise<void> {
    await this.#ask('POST', '/reload')
  }

  /** The address of DNS, where the relay looks names up by its host's. */
  dnsServer(): Promise<string> {
    return this.#ask('GET', '/nameserver')
  }

  /** Closes the connection to it. */
  close(): void {
    this.#session?.then((session) => session.destroy()).catch(() => undefined)
    this.#session = null
  }

  async #request(headers: OutgoingHttpHeaders): Promise<ClientHttp2Stream> {
    this.#session ??= this.#openSession()
    const session = await this.#session
    const stream = session.request({ ...headers, 'proxy-authorization': `Bearer ${this.#token}` }, { endStream: false })
    if (this.#open++ === 0) session.ref()
    stream.once('close', () => {
      if (--this.#open === 0) session.unref()
    })
    return stream
  }

  /** One that ends is opened again by the next question. */
  async #openSession(): Promise<ClientHttp2Session> {
    const forget = (): void => {
      this.#session = null
    }
    try {
      const connection = await this.#dial()
      const session = connect('http://relay', { createConnection: () => connection })
      session.once('close', forget)
      // Each stream tells of it.
      session.on('error', forget)
      return session
    } catch (error) {
      forget()
      throw error
    }
  }

  async #ask<Answer>(method: string, path: string, body = ''): Promise<Answer> {
    const stream = await this.#request({ ':method': method, ':path': path })
    stream.end(body)
    const status = new Promise<number>((resolve) =>
      stream.once('response', (headers) => resolve(Number(headers[':status']))),
    )
    const text = await readText(stream)
    if ((await status) !== 200) throw new Error(`the relay answers ${await status} ${text}`)
    return JSON.parse(text)
  }
}
