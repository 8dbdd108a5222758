import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** RFC 1035 section 3.2.2 and 3.2.4. */
const TYPE_A = 1
const CLASS_IN = 1
const HEADER_BYTES = 12
/** Answer, recursion desired and available (section 4.1.1). */
const FLAGS = 0x8180
const NXDOMAIN = 3
const FORMAT_ERROR = 1
/** As CoreDNS in k3s says. */
const TTL_SECONDS = 5

/** A name server on the wire: it answers exact names, and says at once that there is no other. */
export class NameServer {
  readonly #socket: Socket
  readonly #addressOf: (name: string) => string | null

  private constructor(socket: Socket, addressOf: (name: string) => string | null) {
    this.#socket = socket
    this.#addressOf = addressOf
    socket.on('message', (query, { port, address }) => {
      const answer = this.#answer(query)
      if (answer !== null) socket.send(answer, port, address)
    })
  }

  static async open(address: string, addressOf: (name: string) => string | null): Promise<NameServer> {
    const socket = createSocket('udp4')
    socket.bind(53, address)
    await once(socket, 'listening')
    return new NameServer(socket, addressOf)
  }

  close(): void {
    this.#socket.close()
  }

  #answer(query: Buffer): Buffer | null {
    if (query.length < HEADER_BYTES) return null
    const question = readQuestion(query)
    if (question === null) return message(query, FORMAT_ERROR, Buffer.alloc(0), null)
    const address = this.#addressOf(question.name)
    const bytes = query.subarray(HEADER_BYTES, question.end)
    if (address === null) return message(query, NXDOMAIN, bytes, null)
    return message(query, 0, bytes, question.type === TYPE_A ? address : null)
  }
}

/** The first question (section 4.1.2), which is the only one that anybody asks; null where it runs over the end. */
function readQuestion(query: Buffer): { name: string; type: number; end: number } | null {
  const labels: string[] = []
  let at = HEADER_BYTES
  for (;;) {
    const length = query[at]
    if (length === undefined || length > 63) return null
    at += 1
    if (length === 0) break
    labels.push(query.toString('latin1', at, at + length))
    at += length
  }
  if (at + 4 > query.length || query.readUInt16BE(at + 2) !== CLASS_IN) return null
  return { name: labels.join('.'), type: query.readUInt16BE(at), end: at + 4 }
}

function message(query: Buffer, code: number, question: Buffer, address: string | null): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(query.readUInt16BE(0), 0)
  header.writeUInt16BE(FLAGS | code, 2)
  header.writeUInt16BE(question.length > 0 ? 1 : 0, 4)
  header.writeUInt16BE(address === null ? 0 : 1, 6)
  return Buffer.concat([header, question, address === null ? Buffer.alloc(0) : record(address)])
}

/** An address record whose name is a pointer to the question's (section 4.1.4). */
function record(address: string): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc000 | HEADER_BYTES, 0)
  head.writeUInt16BE(TYPE_A, 2)
  head.writeUInt16BE(CLASS_IN, 4)
  head.writeUInt32BE(TTL_SECONDS, 6)
  head.writeUInt16BE(4, 10)
  return Buffer.concat([head, Buffer.from(address.split('.').map(Number))])
}
