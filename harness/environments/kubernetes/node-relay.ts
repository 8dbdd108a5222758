import { request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import type { LogText, SiteFiles } from './node-relay/protocol.ts'

/** Where the relay of a cluster is reached from here, and the word that opens it. */
export interface RelayAddress {
  readonly host: string
  readonly port: number
  readonly token: string
}

/** What came of a connection from the node: it is open, nobody listens there, or nothing came back in time. */
export type NodeConnection =
  | { readonly kind: 'open'; readonly socket: Socket }
  | { readonly kind: 'refused' }
  | { readonly kind: 'silence' }

/** Stands on the node for the test process: see node-relay/main.ts for what it speaks. */
export class NodeRelay {
  readonly #address: RelayAddress

  constructor(address: RelayAddress) {
    this.#address = address
  }

  /** Opens a connection from the node, byte for byte. @throws {Error} the relay is not there */
  connect(host: string, port: number, timeoutMs: number): Promise<NodeConnection> {
    return new Promise((resolve, reject) => {
      const request = this.#request('CONNECT', `${host}:${port}`)
      const timer = setTimeout(() => {
        request.destroy()
        resolve({ kind: 'silence' })
      }, timeoutMs)
      request.once('connect', ({ statusCode }, socket: Socket, head: Buffer) => {
        clearTimeout(timer)
        if (statusCode !== 200) {
          socket.destroy()
          return resolve({ kind: 'refused' })
        }
        socket.setNoDelay(true)
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

  #request(method: string, path: string) {
    const { host, port, token } = this.#address
    return httpRequest({
      host,
      port,
      method,
      path,
      headers: { 'proxy-authorization': `Bearer ${token}` },
      agent: method === 'CONNECT' ? false : undefined,
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
