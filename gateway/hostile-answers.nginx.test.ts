import { once } from 'node:events'
import { Agent } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { whyNoJudge } from '../harness/nginx/conformance/nginx-judge.ts'
import { freePort, RealNginx } from '../harness/nginx/conformance/real-nginx.ts'
import { differenceOf } from './testing/answer-differences.ts'
import { type MutatedAnswer, mutatedAnswers } from './testing/mutated-answers.ts'
import { readAnswer } from './testing/read-answer.ts'
import { TestGateway } from './testing/test-gateway.ts'

const COUNT = 5_000
const SEED = 20_240_601
const AT_ONCE = 32
const TIMEOUT_MS = 240_000
/** A late close comes after both have read all there is; nothing depends on how much later. */
const LATE_MS = 20

/** A backend that gives the answer whose number stands at the end of the path. */
async function answering(answers: readonly MutatedAnswer[]) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', (head) => {
      const answer = answers[Number(/\/(\d+) /.exec(head.toString('latin1'))?.[1])]
      if (answer !== undefined) say(socket, answer)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: typeof address === 'object' && address !== null ? address.port : 0, close }
}

function say(socket: Socket, { bytes, splitAt, closes }: MutatedAnswer): void {
  socket.write(bytes.slice(0, splitAt), 'latin1')
  setImmediate(() => {
    socket.write(bytes.slice(splitAt), 'latin1')
    if (closes === 'at once') socket.end()
    else setTimeout(() => socket.end(), LATE_MS)
  })
}

/** All that comes back until the other end closes. */
async function ask(port: number, method: string, path: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
  let text = ''
  try {
    for await (const chunk of socket) text += chunk.toString('latin1')
  } catch {
    // A reset is an end too.
  }
  return text
}

const ROUTES = '- {path: /v1/*, target: BACKEND, rewrite: /$1}'
const reason = whyNoJudge()

test.skipIf(reason !== null)(
  `${COUNT} answers that no backend should give: the gateway says what nginx says, or there is a reason ${reason ?? ''}`,
  async () => {
    const answers = mutatedAnswers(COUNT, SEED)
    const backend = await answering(answers)
    const nginxPort = await freePort()
    await using _nginx = await RealNginx.start(
      `server { listen 127.0.0.1:${nginxPort}; location / {
        proxy_pass http://127.0.0.1:${backend.port}; proxy_http_version 1.1; proxy_redirect off; } }`,
      nginxPort,
    )
    // A connection for each request, as nginx has it here.
    const agent = new Agent({ keepAlive: false })
    await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port, { agent })
    const unexplained: object[] = []
    await each(answers, async (answer, at) => {
      const { method } = answer
      const nginx = readAnswer(await ask(nginxPort, method, `/${at}`), method)
      const ours = readAnswer(await ask(gateway.port, method, `/v1/${at}`), method)
      if (differenceOf(answer, nginx, ours) === null) unexplained.push({ at, answer, nginx, ours })
    })
    backend.close()
    expect(unexplained).toEqual([])
    expect(gateway.entries).toHaveLength(COUNT)
    expect(await ask(gateway.port, 'GET', '/health')).toMatch(/^HTTP\/1\.1 200 /)
  },
  TIMEOUT_MS,
)

test(
  'over kept connections the gateway lives through as many, and each request ends once',
  async () => {
    const answers = mutatedAnswers(COUNT, SEED + 1)
    const backend = await answering(answers)
    await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
    await each(answers, async ({ method }, at) => {
      await ask(gateway.port, method, `/v1/${at}`)
    })
    backend.close()
    expect(gateway.entries).toHaveLength(COUNT)
    expect(await ask(gateway.port, 'GET', '/health')).toMatch(/^HTTP\/1\.1 200 /)
  },
  TIMEOUT_MS,
)

/** Does something for all of a list, a few at once. */
async function each<Item>(items: readonly Item[], work: (item: Item, at: number) => Promise<void>): Promise<void> {
  const entries = items.entries()
  const worker = async () => {
    for (const [at, item] of entries) await work(item, at)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
