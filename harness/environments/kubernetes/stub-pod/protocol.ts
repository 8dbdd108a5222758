import type { BackendRecord } from '../../../backends/stub-server.ts'
import type { RequestMessage, ResponseMessage } from '../../../chain/message.ts'
import type { Service } from '../../../chain/service.ts'

/** Where a pod is told what to be. Its Service has no such port, so nothing sent to a ClusterIP comes here. */
export const CONTROL_PORT = 65_099

/** What a stub is: `PUT /stub`. Faults and records of before are gone with it. */
export type StubSettings = Pick<Service, 'name' | 'port' | 'stub'>

/** A record on its way: bodies in base64. */
type Wire<Message> = Omit<Message, 'body'> & { readonly body: string }

interface RecordOnTheWire {
  readonly service: string
  readonly received: Wire<RequestMessage>
  readonly answered: Wire<ResponseMessage> | null
}

export function encodeRecord({ service, received, answered }: BackendRecord): RecordOnTheWire {
  return { service, received: toWire(received), answered: answered === null ? null : toWire(answered) }
}

export function decodeRecord({ service, received, answered }: RecordOnTheWire): BackendRecord {
  return { service, received: fromWire(received), answered: answered === null ? null : fromWire(answered) }
}

function toWire<Message extends { body: Buffer }>(message: Message): Wire<Message> {
  return { ...message, body: message.body.toString('base64') }
}

function fromWire<Message extends { body: string }>(message: Message): Omit<Message, 'body'> & { body: Buffer } {
  return { ...message, body: Buffer.from(message.body, 'base64') }
}

/** The records of `GET /records`, as they stand in its answer. */
export type RecordsAnswer = readonly RecordOnTheWire[]
