import type { Chain } from '../chain/chain.ts'
import type { ClientRequest } from '../chain/client-request.ts'
import type { OwnedPin, ServiceState } from '../chain/service.ts'
import type { WorldChange } from '../chain/world-change.ts'
import { whereWritten } from '../diagnostics/composition.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/span.ts'
import type { Rule, Trace } from '../trace/trace.ts'

export type EnvironmentName = 'simulated' | 'sandbox' | 'k3s' | 'cluster'

/**
 * Something that can carry a request. One value per kind; `start` may be called many times, side by side. What it keeps warm
 * between worlds (processes, a cluster) ends when it is disposed.
 */
export interface Environment extends AsyncDisposable {
  readonly name: EnvironmentName
  /** What of a chain it cannot show, as far as its files say so; empty where it can, or where only a start would tell. */
  gaps(chain: Chain): readonly Gap[]
  /**
   * Brings a chain to life.
   * @throws {UnsupportedError} the environment cannot show this chain (a directive it does not model)
   * @throws {RefusedConfigError} nginx or the gateway does not start with its files; every problem of them is listed
   * @throws {EnvironmentError} the environment is missing or broke @throws {EnvironmentGoneError} for the rest of the run
   */
  start(chain: Chain, options: StartOptions): Promise<World>
  /** The version of nginx that its worlds have, whatever a chain names; null where the chain says it, or only a start tells. */
  nginxVersion(): string | null
}

export interface StartOptions {
  /** Decides everything left to chance: new ClusterIPs, request ids. */
  readonly seed: number
  /** Ends a start that takes long: it throws then, once what it has begun is ended. */
  readonly signal?: AbortSignal
  /** The version of nginx for a chain that names none, where the environment has no nginx of its own. */
  readonly nginxVersion?: string | null
}

/** A running chain. Disposing it leaves nothing behind. */
export interface World extends AsyncDisposable {
  /** Sends one request in at `via` and gives the whole trace. A broken chain is a trace, never an exception. */
  request(request: ClientRequest): Promise<Trace>
  /** Opens a WebSocket, sends the messages one by one and waits for one answer to each; then closes it. */
  websocket(request: ClientRequest, messages: readonly string[]): Promise<WebSocketTrace>
  /**
   * @throws {RefusedConfigError} what is reloaded or restarted refuses its files; requests go on with the old ones
   * @throws {InvalidChainError} the text that an edit replaces is not there
   * @throws {UnsupportedError}
   */
  change(change: WorldChange): Promise<void>
  /** What the cluster says now, as `kubectl get svc` would. */
  services(): Promise<readonly ServiceState[]>
  /** The pins of the site file as it is on disk now, each with the Service it was written for. */
  pins(): Promise<readonly OwnedPin[]>
  /** The lines of the site file as it is on disk now that say where nginx listens. */
  listens(): Promise<readonly Rule[]>
  /**
   * What its programs have to say now, and wrote down about the last request: for a person who looks into a failure. Empty
   * where a trace says it all. Secrets are not masked.
   * @throws whatever keeps it from being read
   */
  evidence(): Promise<EvidenceFiles>
  /** The nginx that carries its requests; null where that cannot be seen. */
  nginx(): Promise<NginxProgram | null>
  /** Lines for a shell by which a person looks into it while it runs; none where there is nothing to look into. */
  lookInside(): readonly string[]
}

/** A program of nginx, as `nginx -V` tells of it. */
export interface NginxProgram {
  /** `1.24.0` */
  readonly version: string
  /** The modules that it was built with beside those that every nginx has, by the names of its configure arguments. */
  readonly modules: readonly string[]
}

/** Texts by file name: a relative path, with `/` between folders. */
export type EvidenceFiles = ReadonlyMap<string, string>

export const NO_EVIDENCE: EvidenceFiles = new Map()

/** A WebSocket's opening exchange (a trace like any other; status 101 where it opened) and the messages that came back. */
export interface WebSocketTrace {
  readonly trace: Trace
  readonly messages: readonly string[]
}

/** What an environment cannot show: a directive, a key of the chain or a step, its place where it has one, and why. */
export interface Gap {
  readonly what: string
  readonly span: Span | null
  readonly because: string
}

/** This environment cannot show it: verdict `unsupported`. `gaps` has everything that is known to be in the way. */
export class UnsupportedError extends Error {
  readonly what: string
  readonly span: Span | null
  readonly gaps: readonly Gap[]
  constructor(what: string, span: Span | null, because: string, others: readonly Gap[] = []) {
    super(because)
    this.name = 'UnsupportedError'
    this.what = what
    this.span = span
    this.gaps = [{ what, span, because }, ...others]
  }
}

/** @throws {UnsupportedError} there are gaps */
export function refuseGaps([first, ...others]: readonly Gap[]): void {
  if (first !== undefined) throw new UnsupportedError(first.what, first.span, first.because, others)
}

/** A file of the chain is wrong: a user's mistake, with every problem of it. */
export class InvalidChainError extends Error {
  readonly diagnostics: readonly Diagnostic[]
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0]?.message ?? 'the chain is invalid')
    this.name = 'InvalidChainError'
    this.diagnostics = diagnostics
  }
}

/**
 * A program refuses its configuration. At the start of a world it does not run at all. At a reload nginx goes on with the
 * configuration that it has, as the old pod of a gateway does while the new one does not become ready.
 */
export class RefusedConfigError extends InvalidChainError {
  readonly hop: RefusingHop
  constructor(hop: RefusingHop, diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(whereWritten))
    this.name = 'RefusedConfigError'
    this.hop = hop
  }
}

export type RefusingHop = 'nginx' | 'gateway'

/** The environment is missing or broke: verdict `error`, exit 3. `remedy` says what to do. */
export class EnvironmentError extends Error {
  readonly remedy: string
  /** What was there to be read of it when it broke. Where a world goes on, that world says more. */
  readonly evidence: EvidenceFiles
  constructor(message: string, remedy: string, options: ErrorOptions & { readonly evidence?: EvidenceFiles } = {}) {
    super(message, options)
    this.name = 'EnvironmentError'
    this.remedy = remedy
    this.evidence = options.evidence ?? NO_EVIDENCE
  }
}

/**
 * The environment is not there any more, or does not come up, for the rest of the run: one scenario tells it, and those after it
 * are not run. Whoever has found that out throws the same again, without asking.
 */
export class EnvironmentGoneError extends EnvironmentError {
  constructor(...args: ConstructorParameters<typeof EnvironmentError>) {
    super(...args)
    this.name = 'EnvironmentGoneError'
  }
}

/**
 * The same, for the rest of the run: what does not answer, or does not come up, will not for the next scenario either. What is no
 * error of an environment stays what it is.
 */
export function forGood(error: unknown): unknown {
  if (!(error instanceof EnvironmentError)) return error
  const { message, remedy, cause, evidence } = error
  return new EnvironmentGoneError(message, remedy, { cause, evidence })
}

/** The same, with what was there to be read; what it has itself stays. */
export function withEvidence<Known extends EnvironmentError>(error: Known, evidence: EvidenceFiles): Known
export function withEvidence(error: EnvironmentError, evidence: EvidenceFiles): EnvironmentError {
  const Same = error instanceof EnvironmentGoneError ? EnvironmentGoneError : EnvironmentError
  return new Same(error.message, error.remedy, {
    cause: error.cause ?? error,
    evidence: new Map([...evidence, ...error.evidence]),
  })
}
