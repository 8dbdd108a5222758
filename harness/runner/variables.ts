import { bytesFromText } from '../chain/message.ts'
import type { Step, Variable } from '../scenario/scenario.ts'
import { formsInPlace, formsOf } from '../secrets/mask.ts'

/** The values of variables, as wire bytes, under the names that placeholders have: `env:NAME`. */
export function valuesOf(variables: readonly Variable[]): (readonly [name: string, bytes: string])[] {
  return variables.flatMap(({ name, value }) =>
    value === null ? [] : [[`env:${name}`, bytesFromText(value)] as const],
  )
}

/** What no report may show of variables. A short value is known by what stands around it where the steps use it. */
export function secretsOfVariables(variables: readonly Variable[], steps: readonly Step[]): string[] {
  return variables.flatMap(({ name, value }) => {
    if (value === null) return []
    const forms = formsOf(value)
    return forms.length > 0
      ? forms
      : steps.flatMap(textsOf).flatMap((text) => formsInPlace(text, `\${env:${name}}`, value))
  })
}

/** The texts of a step that may have variables in them. */
function textsOf(step: Step): string[] {
  if (step.kind === 'change') return textsIn(step.change)
  if (step.kind === 'drift') return []
  return textsIn([step.request, step.kind === 'websocket' ? step.messages : []])
}

/** Every text in plain data; of a header with its name. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.includes(`\${env:`) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) {
    const [name, text] = value
    const isHeader = value.length === 2 && typeof name === 'string' && typeof text === 'string'
    return [...value.flatMap(textsIn), ...(isHeader ? textsIn(`${name}: ${text}`) : [])]
  }
  return Object.values(value).flatMap(textsIn)
}
