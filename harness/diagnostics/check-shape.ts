import type { z } from 'zod'
import type { Place } from './place.ts'
import type { Problems } from './problems.ts'
import { describeIssue } from './shape-messages.ts'

/** The codes of what can be wrong with a value's shape. */
export interface ShapeCodes {
  readonly unknownKey: string
  readonly missingKey: string
  readonly type: string
}

type Issue = z.core.$ZodIssue

/**
 * Holds a plain value against a schema. Every difference goes to `problems`, each at the key or value it is about;
 * null where there was one.
 */
export function checkShape<Shape>(
  schema: z.ZodType<Shape>,
  value: unknown,
  place: Place,
  codes: ShapeCodes,
  problems: Problems,
): { readonly value: Shape } | null {
  const result = schema.safeParse(value, { error: describeIssue })
  if (result.success) return { value: result.data }
  for (const issue of result.error.issues) {
    if (problems.isFull) break
    reportIssue(issue, place, codes, problems)
  }
  return null
}

function reportIssue(issue: Issue, root: Place, codes: ShapeCodes, problems: Problems): void {
  const place = root.at(...issue.path)
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n')
    issue.keys.slice(0, messages.length).forEach((key, index) => {
      const member = place.at(key)
      problems.add(member.source, member.keySpan, codes.unknownKey, messages[index] ?? issue.message)
    })
    return
  }
  const branch = issue.code === 'invalid_union' ? bestBranch(issue.errors) : null
  if (branch !== null) {
    for (const inner of branch) reportIssue(inner, place, codes, problems)
    return
  }
  const isMissing = /^invalid_(type|value)$/.test(issue.code) && !root.has(issue.path)
  problems.add(place.source, place.span, isMissing ? codes.missingKey : codes.type, issue.message)
}

/** Of a value's possible forms, the one that the value has by its type but not in its details; null where it has none. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  return branches.find((issues) => issues.every(isDetail)) ?? null
}

function isDetail({ path, code }: Issue): boolean {
  return path.length > 0 || code === 'unrecognized_keys' || code === 'custom'
}
