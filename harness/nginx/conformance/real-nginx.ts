import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { proxyHeader, type TlsHello } from '../../chain/client-request.ts'
import { sendByHttp2 } from '../../chain/http2-client.ts'
import type { HttpVersion, RequestMessage, ResponseMessage } from '../../chain/message.ts'
import { bareNginxConf } from '../bare-nginx-conf.ts'
import { readResponse, requestBytes } from './http-bytes.ts'
import { DEBIAN_NGINX } from './judging-nginx.ts'

/** The real nginx with one site file, on 127.0.0.1. Disposing it leaves neither process nor files behind. */
export class RealNginx implements AsyncDisposable {
  readonly #dir: string
  readonly #process: ChildProcess
  #log = ''

  private constructor(dir: string, binary: string) {
    this.#dir = dir
    this.#process = spawn(binary, ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString('latin1')
    })
  }

  /** Starts it and waits until it listens. @throws {Error} with nginx's own words where it does not start */
  static async start(site: string, port: number, binary = DEBIAN_NGINX.binary): Promise<RealNginx> {
    const dir = mkdtempSync(join(tmpdir(), 'nginx-conformance-'))
    mkdirSync(join(dir, 'temp'))
    writeFileSync(join(dir, 'site'), site)
    writeFileSync(join(dir, 'nginx.conf'), bareNginxConf(dir, ['daemon off;', 'master_process off;']))
    const nginx = new RealNginx(dir, binary)
    try {
      await nginx.#listening(port)
      return nginx
    } catch (error) {
      await nginx[Symbol.asyncDispose]()
      throw error
    }
  }

  async #listening(port: number): Promise<void> {
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`nginx did not start: ${this.#log}`)
      if (await accepts(port)) return
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL')
      await once(this.#process, 'exit')
    }
    rmSync(this.#dir, { recursive: true, force: true })
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no free port')
  await new Promise((resolve) => server.close(resolve))
  return address.port
}

async function secured(socket: Socket, { serverName }: TlsHello, httpVersion: HttpVersion): Promise<TLSSocket> {
  const name = serverName === null ? {} : { servername: serverName }
  const secure = connectTls({
    socket,
    ...name,
    ALPNProtocols: [httpVersion === '2.0' ? 'h2' : 'http/1.1'],
    rejectUnauthorized: false,
  })
  secure.on('error', () => secure.destroy())
  await once(secure, 'secureConnect')
  return secure
}

/** So long may nginx be silent before the judge gives up: far more than any timeout in a case. */
const SILENCE_MS = 5000

/** Sends a request as it is and reads the answer; null where the connection closes without one. Tells the client's own port. */
export async function send(
  port: number,
  request: RequestMessage,
  hello: TlsHello | null = null,
  proxied: string | null = null,
): Promise<{ response: ResponseMessage | null; clientPort: number }> {
  const plain = connect(port, '127.0.0.1')
  plain.on('error', () => plain.destroy())
  plain.setTimeout(SILENCE_MS, () => plain.destroy(new Error('nginx does not answer')))
  await once(plain, 'connect')
  const clientPort = plain.localPort ?? 0
  plain.write(proxyHeader({ address: '127.0.0.1', port, tls: hello, proxied }))
  const socket = hello === null ? plain : await secured(plain, hello, request.httpVersion)
  if (request.httpVersion === '2.0') {
    const outcome = await sendByHttp2(socket, request)
    return { response: outcome.kind === 'answered' ? outcome.response : null, clientPort }
  }
  socket.write(requestBytes(request))
  let bytes = Buffer.alloc(0)
  try {
    for await (const chunk of socket) {
      bytes = Buffer.concat([bytes, chunk])
      const response = readResponse(bytes, request.method === 'HEAD', false)
      if (response !== null) return { response, clientPort }
    }
  } catch {
    // A reset after the answer is as good as an end.
  } finally {
    socket.destroy()
  }
  return { response: readResponse(bytes, request.method === 'HEAD', true), clientPort }
}
