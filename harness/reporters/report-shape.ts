import { z } from 'zod'
import type { CheckName } from '../scenario/check-name.ts'
import { JSON_VERSION } from './json.ts'

/**
 * What is read of a JSON report: the members that other reporters need. Whatever else it has, as traces and members of newer versions,
 * stays and is not looked at.
 */

/** Lines and columns are those of files of a few MiB at most: a report that says otherwise must not fill the memory. */
const position = z.int().min(1).max(4_194_304)

const span = z.object({ file: z.string(), line: position, column: position, length: z.int().min(0).max(4_194_304) })

const rule = z.object({ text: z.string(), span: span.nullable() })

const verdict = z.enum(['pass', 'fail', 'error', 'unsupported'])

const environment = z.enum(['simulated', 'sandbox', 'k3s', 'cluster'])

const hop = z.enum(['nginx', 'gateway', 'backend'])

const durationMs = z.number().min(0)

const example = z.record(z.string(), z.string()).nullable()

const diagnostic = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  span,
  hint: z.string().nullable(),
})

const gap = z.object({ what: z.string(), span: span.nullable(), because: z.string() })

const problem = z.object({
  verdict: z.enum(['error', 'unsupported', 'fail']),
  message: z.string(),
  remedy: z.string().nullable(),
  span: span.nullable(),
  diagnostics: z.array(diagnostic),
  refusedBy: z.enum(['nginx', 'gateway']).nullable(),
  gaps: z.array(gap),
  stack: z.string().nullable(),
})

const check = z.object({
  // A check of a newer version is told by its name, as all are.
  what: z.custom<CheckName>((name) => typeof name === 'string'),
  hop: hop.nullable(),
  span,
  passed: z.boolean(),
  expected: z.string().default(''),
  actual: z.string().default(''),
  at: z.string().nullable().default(null),
})

const blame = z.object({
  hop,
  service: z.string().nullable(),
  rule: rule.nullable(),
  because: z.string(),
  remedy: z.string().nullable(),
})

const stepReference = z.object({ title: z.string(), span })

const step = stepReference.extend({
  verdict,
  durationMs,
  checks: z.array(check),
  messages: z.array(z.string()).nullable(),
  blame: blame.nullable(),
  curl: z.string().nullable(),
  problem: problem.nullable(),
  refusal: problem.nullable(),
})

const run = z.object({
  variant: z.string().nullable(),
  example,
  span,
  nginx: z.object({ version: z.string(), modules: z.array(z.string()) }).nullable(),
  must: z.enum(['pass', 'fail']),
  verdict,
  stepsVerdict: verdict,
  because: z.string().nullable(),
  problem: problem.nullable(),
  steps: z.array(step),
  notRun: z.array(stepReference),
  evidence: z.string().nullable(),
  durationMs,
})

const scenario = z.object({
  name: z.string(),
  file: z.string(),
  tags: z.array(z.string()),
  environment,
  verdict,
  carriedByRewrittenForm: z.int().min(0),
  durationMs,
  runs: z.array(run),
})

const difference = z.object({
  environments: z.tuple([environment, environment]),
  variant: z.string().nullable(),
  example,
  step: stepReference.nullable(),
  hop: z.enum(['nginx', 'gateway', 'backend', 'client']).nullable(),
  service: z.string().nullable(),
  field: z.string(),
  left: z.string(),
  right: z.string(),
  leftRule: rule.nullable(),
  rightRule: rule.nullable(),
})

const agreement = z.object({
  name: z.string(),
  file: z.string(),
  tags: z.array(z.string()),
  environments: z.array(environment),
  verdict: z.enum(['agree', 'disagree', 'not compared']),
  because: z.string().nullable(),
  difference: difference.nullable(),
})

export const reportShape = z.object({
  version: z.literal(JSON_VERSION),
  scenarios: z.array(scenario),
  agreements: z.array(agreement),
  gaps: z.array(gap.extend({ environments: z.array(environment), scenarioCount: z.int().min(0) })),
  allowUnsupported: z.boolean(),
  invalid: z.array(z.object({ file: z.string(), diagnostics: z.array(diagnostic) })),
  notRun: z.array(z.object({ name: z.string(), file: z.string() })),
  interruptedBy: z.enum(['SIGHUP', 'SIGINT', 'SIGTERM']).nullable(),
  seed: z.number(),
  startedAt: z.iso.datetime(),
  durationMs,
})

export type ReportData = z.infer<typeof reportShape>
export type ScenarioData = z.infer<typeof scenario>
export type RunData = z.infer<typeof run>
export type StepData = z.infer<typeof step>
export type ProblemData = z.infer<typeof problem>
export type DiagnosticData = z.infer<typeof diagnostic>
export type AgreementData = z.infer<typeof agreement>
