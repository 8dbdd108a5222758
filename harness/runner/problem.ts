import type { Span } from '../diagnostics/span.ts'
import {
  EnvironmentError,
  EnvironmentGoneError,
  InvalidChainError,
  RefusedConfigError,
  UnsupportedError,
} from '../environments/environment.ts'
import type { Problem } from './result.ts'

/**
 * What an exception of an environment means for a run. One that no environment promises is a bug of ours.
 * @param at the step or the variant: the place of what the environment cannot show, where it names none itself
 */
export function problemOf(error: unknown, at: Span | null): Problem {
  const nothing = { remedy: null, span: null, diagnostics: [], refusedBy: null, gaps: [], isGone: false, stack: null }
  if (error instanceof UnsupportedError) {
    const gaps = error.gaps.map(({ span, ...gap }) => ({ ...gap, span: span ?? at }))
    return {
      ...nothing,
      verdict: 'unsupported',
      message: `${error.what}: ${error.message}`,
      span: error.span ?? at,
      gaps,
    }
  }
  if (error instanceof InvalidChainError) {
    const [first] = error.diagnostics
    const span = first?.span ?? null
    const refusedBy = error instanceof RefusedConfigError ? error.hop : null
    const remedy = refusedBy === null ? null : 'If the scenario expects this, say so: refused: "…"'
    return {
      ...nothing,
      verdict: 'fail',
      message: error.message,
      remedy,
      span,
      diagnostics: error.diagnostics,
      refusedBy,
    }
  }
  if (error instanceof EnvironmentError) {
    const isGone = error instanceof EnvironmentGoneError
    return { ...nothing, verdict: 'error', message: error.message, remedy: error.remedy, isGone }
  }
  const fact = error instanceof Error ? error.message : String(error)
  return {
    ...nothing,
    verdict: 'error',
    message: `This is a bug in chain: ${fact}`,
    remedy: 'Please report it with the scenario file and what `--reporter json` says under "stack".',
    stack: error instanceof Error ? (error.stack ?? null) : null,
  }
}

/** Stands for a run that a signal stopped. It says nothing about the scenario, which is not told. */
export const INTERRUPTED: Problem = {
  verdict: 'error',
  message: 'Interrupted before it was done',
  remedy: null,
  span: null,
  diagnostics: [],
  refusedBy: null,
  gaps: [],
  isGone: false,
  stack: null,
}
