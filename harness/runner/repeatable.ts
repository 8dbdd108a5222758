import type { RequestMessage } from '../chain/message.ts'
import { variableMark } from '../curl/curl-line.ts'
import type { StepRequest } from '../scenario/scenario.ts'
import { MASK, maskHeader, maskText } from '../secrets/mask.ts'
import type { Captures } from './capture.ts'

/**
 * A request as a line may show it that repeats it: secrets masked, and where the step takes a value from the environment,
 * the variable in its place.
 * @param open the step's request, its placeholders not filled in; null where it has none
 * @param secrets what else is secret in it. It is masked here: the line quotes a text so that it is not found afterwards.
 */
export function repeatable(
  request: RequestMessage,
  open: StepRequest | null,
  captures: Captures,
  secrets: readonly string[],
): RequestMessage {
  const variables = [...captures].filter(([name]) => name.startsWith('env:'))
  const named = (text: string, written: readonly string[], mark: (name: string) => string): string =>
    variables
      .filter(([name]) => written.some((one) => one.includes(`\${${name}}`)))
      .toSorted(([, a], [, b]) => b.length - a.length)
      .reduce((shown, [name, value]) => shown.replaceAll(value, () => mark(name.slice('env:'.length))), text)
  const headerTexts = (name: string) =>
    (open?.headers ?? []).filter(([key]) => key.toLowerCase() === name.toLowerCase())
  const { headers, target, body } = request
  const length = String(body.length)
  const masked = (text: string): string => maskText(text, secrets)
  return {
    ...request,
    target: masked(named(target, [open?.url ?? '', open?.target ?? ''], variableMark)),
    headers: headers
      .filter(([name, value]) => name.toLowerCase() !== 'content-length' || value !== length)
      .map(([name, value]) => {
        const texts = headerTexts(name).map(([, text]) => text)
        const shown = named(value, name.toLowerCase() === 'host' ? [...texts, open?.url ?? ''] : texts, variableMark)
        return [name, masked(maskOthers(name, shown))] as const
      }),
    // A body with a NUL byte is written byte by byte, and has no room for a variable.
    body: masked(named(body, [open?.body ?? ''], body.includes('\0') ? () => MASK : variableMark)),
  }
}

/** What is no variable of it is masked: of a cookie line the other cookies. */
function maskOthers(name: string, value: string): string {
  const isVariable = (text: string): boolean => text.includes(variableMark('').charAt(0))
  if (!isVariable(value)) return maskHeader(name, value)
  if (name.toLowerCase() !== 'cookie') return value
  return value
    .split(';')
    .map((part) => (isVariable(part) ? part : maskHeader(name, part)))
    .join(';')
}
