import { InvalidArgumentError } from 'commander'
import type { Quantities } from '../environments/kubernetes/resources.ts'
import type { Shard } from '../runner/shard.ts'
import { compilePattern, type Pattern } from '../scenario/pattern.ts'

// What a command takes from the command line, read. Each throws InvalidArgumentError with a sentence, which commander tells.

/** An option that may be given again. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

/** A pattern of RE2, in either case. */
export function regex(value: string): Pattern {
  const result = compilePattern(value, { ignoreCase: true })
  if ('pattern' in result) return result.pattern
  throw new InvalidArgumentError(`${result.problem.charAt(0).toUpperCase()}${result.problem.slice(1)}.`)
}

/** A number of ten digits at most. */
export function wholeNumber(value: string): number {
  if (!/^\d{1,10}$/.test(value)) throw new InvalidArgumentError('It is not a whole number.')
  return Number(value)
}

/** With room for a number behind it (RFC 1123 labels have 63 characters). */
export function namespaceName(value: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/.test(value)) {
    throw new InvalidArgumentError(
      'It is not a name of a namespace: lower-case letters, digits and dashes, 60 at most.',
    )
  }
  return value
}

/** A list as `kubectl set resources` takes it. */
export function quantities(value: string): Quantities {
  const pairs = value.split(',').map((pair): [string, string] => {
    const [, resource = '', quantity = ''] =
      /^([a-z0-9][a-z0-9./-]*)=(\d+(?:\.\d+)?(?:[numkMGTPE]|[KMGTPE]i)?)$/.exec(pair) ?? []
    if (quantity === '') {
      throw new InvalidArgumentError(`"${pair}" is not RESOURCE=QUANTITY, as in cpu=50m,memory=64Mi.`)
    }
    return [resource, quantity]
  })
  const given = Object.fromEntries(pairs)
  if (Object.keys(given).length < pairs.length) throw new InvalidArgumentError('It names a resource twice.')
  return given
}

/** 1 to 64 scenarios at a time. */
export function jobCount(value: string): number {
  if (!/^\d{1,2}$/.test(value) || Number(value) < 1 || Number(value) > 64) {
    throw new InvalidArgumentError('It is not a whole number from 1 to 64.')
  }
  return Number(value)
}

/** A part of parts, as in 1/4. */
export function shard(value: string): Shard {
  const [, part = '', parts = ''] = /^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? []
  const [index, count] = [Number(part), Number(parts)]
  if (index < 1 || index > count) throw new InvalidArgumentError('Write it as 1/4: the first of four parts.')
  return { index, count }
}

/** A port to listen on; 0 for one that is free. */
export function portNumber(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
    throw new InvalidArgumentError('It is not a port: a whole number from 0 to 65535.')
  }
  return Number(value)
}
