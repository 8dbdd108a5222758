import type { Bytes } from '../../chain/message.ts'
import type { LogLine } from '../site.ts'
import type { Block } from '../syntax/block.ts'
import type { ModuleTable } from './directives/rule.ts'
import type { Next, Respond, Subrequest } from './next.ts'
import type { RequestState } from './request/request-state.ts'
import type { CompileScope, CompilingModule } from './scope.ts'
import type { Settings } from './settings.ts'
import { Slot } from './slot.ts'

/**
 * One module of nginx: its directives, what they become when a site file is compiled, and what it does with a request. It
 * says only what it has; modules of which the rows alone are known have nothing else.
 */
export interface Module extends ModuleTable, CompilingModule, RunningModule {}

/** What a module does with a request, phase by phase. Null where the request goes on. */
interface RunningModule {
  /** Before the server's rewrites (NGX_HTTP_POST_READ_PHASE). */
  readonly postRead?: (state: RequestState) => void
  readonly serverRewrite?: (state: RequestState) => Next | null
  readonly rewrite?: (state: RequestState) => Next | null
  readonly preaccess?: (state: RequestState) => Next | null
  readonly access?: (state: RequestState) => AccessVerdict | AskedVerdict
  readonly precontent?: (state: RequestState) => Next | null
  /** The answer; null where another module gives it. */
  readonly content?: (state: RequestState) => Next | null
  /** Looks at an answer before filters do, the client's or a subrequest's; null where it goes on. */
  readonly answer?: (state: RequestState, answer: Respond) => Next | null
  /** Changes the head of the answer, and gives the body that is sent. */
  readonly filter?: (state: RequestState, body: Bytes) => Bytes
  /** What is written of the request, once its answer is out (NGX_HTTP_LOG_PHASE). */
  readonly log?: (state: RequestState) => readonly LogLine[]
}

/** Whether a request may pass: `ok`, a code that refuses it (500: it cannot be told), or null where a module has nothing to say. */
export type AccessVerdict = 'ok' | 401 | 403 | 500 | null

/** A subrequest that tells whether a request may pass. */
export interface AskedVerdict extends Omit<Subrequest, 'resume'> {
  verdict(ended: RequestState): AccessVerdict
}

/** What each module does, phase by phase, in the order of the table. */
export type Phases = { readonly [Phase in keyof RunningModule]-?: readonly NonNullable<RunningModule[Phase]>[] }

export function phasesOf(modules: readonly Module[]): Phases {
  const isThere = <T>(handler: T | undefined): handler is T => handler !== undefined
  return {
    postRead: modules.map(({ postRead }) => postRead).filter(isThere),
    serverRewrite: modules.map(({ serverRewrite }) => serverRewrite).filter(isThere),
    rewrite: modules.map(({ rewrite }) => rewrite).filter(isThere),
    preaccess: modules.map(({ preaccess }) => preaccess).filter(isThere),
    access: modules.map(({ access }) => access).filter(isThere),
    precontent: modules.map(({ precontent }) => precontent).filter(isThere),
    content: modules.map(({ content }) => content).filter(isThere),
    answer: modules.map(({ answer }) => answer).filter(isThere),
    filter: modules.map(({ filter }) => filter).filter(isThere),
    log: modules.map(({ log }) => log).filter(isThere),
  }
}

/** The settings of one module, which a block inherits from the one around it (`create_loc_conf`, `merge_loc_conf`). */
export class ModuleSettings<Value> extends Slot<Settings, Value> {
  readonly #compile: (block: Block, around: Value, scope: CompileScope) => Value

  /**
   * @param otherwise what nginx does where no block says otherwise
   * @param compile the settings inside a block, by its own directives and what counts around it
   */
  constructor(otherwise: Value, compile: (block: Block, around: Value, scope: CompileScope) => Value) {
    super(otherwise)
    this.#compile = compile
  }

  /** Fills in the settings of a block. */
  inherit(settings: Settings, block: Block, around: Settings, scope: CompileScope): void {
    this.keep(settings, this.#compile(block, this.of(around), scope))
  }
}
