import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { type ClientRequest, PORT_80 } from '../chain/client-request.ts'
import type { ResponseMessage } from '../chain/message.ts'
import type { Answer } from './answer.ts'
import { ChainServer } from './chain-server.ts'

const OK: Answer = answering({ status: 200, headers: [['Content-Length', '2']], body: 'ok' })

function answering(response: ResponseMessage): Answer {
  return { kind: 'response', response }
}

interface Started extends AsyncDisposable {
  readonly port: number
  readonly refused: string[]
}

/** A server of these answers, on a port that is free. */
async function serving(ask: (request: ClientRequest) => Promise<Answer>): Promise<Started> {
  const refused: string[] = []
  const server = await ChainServer.listen({
    port: 0,
    listener: PORT_80,
    ask,
    onRefused: (line, { sentence }) => refused.push(`${line}: ${sentence}`),
  })
  return {
    port: Number(new URL(server.url).port),
    refused,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

interface Got {
  readonly status: number | undefined
  readonly rawHeaders: readonly string[]
  readonly body: string
}

/** What a client gets; rejects where the connection ends before all of it is there. */
function ask(port: number, path: string, headers: OutgoingHttpHeaders = {}, body: Buffer | null = null): Promise<Got> {
  return new Promise((resolve, reject) => {
    const method = body === null ? 'GET' : 'POST'
    const request = httpRequest({ port, path, method, headers, agent: false }, async (response) => {
      const { statusCode: status, rawHeaders } = response
      text(response).then((got) => resolve({ status, rawHeaders, body: got }), reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** What comes back for bytes as they are. */
function send(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  return text(socket)
}

test('the chain is asked with the request as it stood on the wire', async () => {
  const asked: ClientRequest[] = []
  await using server = await serving(async (request) => {
    asked.push(request)
    return OK
  })
  const head = 'POST //a/../%2e?b=|{ HTTP/1.1\r\nHOST: Shop.example\r\nx-A: 1\r\nX-a: 2\r\nConnection: close\r\n'
  expect(await send(server.port, `${head}Content-Length: 3\r\n\r\na=b`)).toContain('\r\n\r\nok')
  expect(await send(server.port, `${head}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\n=b\r\n0\r\n\r\n`)).toMatch(
    /ok$/,
  )
  const common = [
    ['HOST', 'Shop.example'],
    ['x-A', '1'],
    ['X-a', '2'],
    ['Connection', 'close'],
  ]
  expect(asked).toEqual([
    expect.objectContaining({
      via: 'nginx',
      listener: PORT_80,
      method: 'POST',
      target: '//a/../%2e?b=|{',
      headers: [...common, ['Content-Length', '3']],
      body: 'a=b',
    }),
    expect.objectContaining({
      headers: [...common, ['Transfer-Encoding', 'chunked']],
      body: '3\r\na=b\r\n0\r\n\r\n',
    }),
  ])
})

test('the client gets the answer byte for byte, without what framed it in the chain', async () => {
  const headers = [
    ['Server', 'nginx'],
    ['set-cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'upgrade'],
    ['X-Name', '\xfc'],
  ] as const
  await using server = await serving(async () => answering({ status: 299, headers, body: '\xff\0' }))
  const got = await send(server.port, 'GET / HTTP/1.0\r\n\r\n')
  expect(got).toBe(
    'HTTP/1.1 299 \r\nServer: nginx\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\nX-Name: \ufffd\r\nConnection: close\r\n\r\n\ufffd\0',
  )
})

test('a connection that the chain closes is closed, and an answer that breaks off ends with it', async () => {
  const answers: Answer[] = [
    { kind: 'closed' },
    answering({ status: 200, headers: [['Content-Length', '10']], body: 'half' }),
    OK,
  ]
  await using server = await serving(async () => answers.shift() ?? OK)
  await expect(ask(server.port, '/')).rejects.toThrow('socket hang up')
  // The second one would be answered on the same connection.
  const twice = 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  expect(await send(server.port, twice)).toMatch(/\r\n\r\nhalf$/)
  expect(await ask(server.port, '/')).toMatchObject({ status: 200, body: 'ok' })
})

test('one request is asked at a time, in the order in which they came; too many are turned away', async () => {
  const log: string[] = []
  const gate = Promise.withResolvers<void>()
  await using server = await serving(async ({ target }) => {
    log.push(`begin ${target}`)
    await gate.promise
    log.push(`end ${target}`)
    return OK
  })
  const first = ask(server.port, '/first')
  await expect.poll(() => log).toEqual(['begin /first'])
  const others = Array.from({ length: 32 }, (_, index) => ask(server.port, `/${index}`))
  const { status, body } = await Promise.race(others)
  expect({ status, body }).toEqual({
    status: 503,
    body: 'chain serve asks one request at a time, and 32 are waiting. Ask again later.\n',
  })
  gate.resolve()
  await Promise.all([first, ...others])
  expect(log).toHaveLength(64)
  for (const [index, line] of log.entries()) {
    if (index % 2 === 1) expect(line).toBe(log[index - 1]?.replace('begin', 'end'))
  }
})

test.each([
  ['a WebSocket', 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n', 501, 'WebSocket'],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'without Host'],
  ['a tunnel', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 501, 'CONNECT'],
  ['no HTTP', 'GET / HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n', 400, 'does not read this one: '],
])('%s is refused in a sentence', async (_, bytes, status, sentence) => {
  await using server = await serving(() => Promise.reject(new Error('the chain is asked')))
  const got = await send(server.port, bytes)
  expect(got).toContain(`HTTP/1.1 ${status} `)
  expect(got.split('\r\n\r\n')[1]).toContain(sentence)
  expect(server.refused).toEqual([expect.stringContaining(sentence)])
})

test('a body has a bound', async () => {
  await using server = await serving(async ({ body }) =>
    answering({ status: 200, headers: [], body: String(body.length) }),
  )
  const most = 10 * 1024 * 1024
  expect(await ask(server.port, '/', {}, Buffer.alloc(most))).toMatchObject({ status: 200, body: String(most) })
  expect(await ask(server.port, '/', {}, Buffer.alloc(most + 1))).toMatchObject({
    status: 413,
    body: `chain serve takes a body of at most ${most} bytes. Send less.\n`,
  })
})

test('what the environment throws ends the wait', async () => {
  const gone = new Error('gone')
  const server = await ChainServer.listen({
    port: 0,
    listener: PORT_80,
    ask: () => Promise.reject(gone),
    onRefused: () => undefined,
  })
  const answer = ask(Number(new URL(server.url).port), '/')
  await expect(server.broken).rejects.toBe(gone)
  await Promise.all([expect(answer).rejects.toThrow(), server[Symbol.asyncDispose]()])
})
