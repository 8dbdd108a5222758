import { Agent, request as httpRequest } from 'node:http'
import { type Duplex, PassThrough } from 'node:stream'
import type { LogText, SiteFiles } from './node-relay/protocol.ts'

/** Opens a connection to the relay. */
export type Dial = () => Promise<Duplex>

/** What came of a connection from the node: it is open, nobody listens there, or nothing came back in time. */
export type NodeConnection =
  | { readonly kind: 'open'; readonly socket: Duplex }
  | { readonly kind: 'refused' }
  | { readonly kind: 'silence' }

/** Stands on the node for the test process: see node-relay/main.ts for what it speaks. */
export class NodeRelay {
  readonly #token: string
  /** Keeps connections for the next question. */
  readonly #kept: DialAgent
  readonly #fresh: DialAgent

  /** @param token the word that opens it */
  constructor(dial: Dial, token: string) {
    this.#token = token
    this.#kept = new DialAgent(dial, { keepAlive: true })
    this.#fresh = new DialAgent(dial)
  }

  /** Opens a connection from the node, byte for byte. @throws {Error} the relay is not there */
  connect(host: string, port: number, timeoutMs: number): Promise<NodeConnection> {
    return new Promise((resolve, reject) => {
      const request = this.#request('CONNECT', `${host}:${port}`)
      const timer = setTimeout(() => {
        request.destroy()
        resolve({ kind: 'silence' })
      }, timeoutMs)
      request.once('connect', ({ statusCode }, socket: Duplex, head: Buffer) => {
        clearTimeout(timer)
        if (statusCode !== 200) {
          socket.destroy()
          return resolve({ kind: 'refused' })
        }
        if (head.length > 0) socket.unshift(head)
        resolve({ kind: 'open', socket })
      })
      request.once('error', (error) => {
        clearTimeout(timer)
        reject(error)
      })
      request.end()
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

  /** Closes the connections that wait for the next question. */
  close(): void {
    this.#kept.destroy()
  }

  #request(method: string, path: string) {
    return httpRequest({
      method,
      path,
      headers: { 'proxy-authorization': `Bearer ${this.#token}` },
      agent: method === 'CONNECT' ? this.#fresh : this.#kept,
    })
  }

  #ask<Answer>(method: string, path: string, body = ''): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = this.#request(method, path)
      request.once('error', reject)
      request.once('response', async (response) => {
        try {
          const chunks: Buffer[] = []
          for await (const chunk of response) chunks.push(chunk)
          if (response.statusCode !== 200) throw new Error(`the relay answers ${response.statusCode}`)
          resolve(JSON.parse(Buffer.concat(chunks).toString()))
        } catch (error) {
          reject(error)
        }
      })
      request.end(body)
    })
  }
}

class DialAgent extends Agent {
  readonly #dial: Dial

  constructor(dial: Dial, options: { readonly keepAlive?: boolean } = {}) {
    super(options)
    this.#dial = dial
  }

  override createConnection(_options: unknown, onCreate?: (error: Error | null, stream: Duplex) => void): undefined {
    this.#dial().then(
      (stream) => onCreate?.(null, stream),
      (error: Error) => onCreate?.(error, new PassThrough()),
    )
  }
}
