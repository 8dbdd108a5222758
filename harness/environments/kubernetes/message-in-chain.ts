import type { Headers } from '../../chain/message.ts'
import type { Translation } from './translation.ts'

/** A message as it was on the wire, with the addresses in its headers as the chain's files have them. */
export function inChain<Message extends { readonly headers: Headers }>(
  message: Message,
  translation: Translation,
): Message {
  return { ...message, headers: message.headers.map(([name, value]) => [name, translation.toChain(value)]) }
}
