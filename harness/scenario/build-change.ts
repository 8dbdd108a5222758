import { GATEWAY_SERVICE } from '../chain/chain.ts'
import type { Edit, FaultKind, WorldChange } from '../chain/world-change.ts'
import type { Place } from '../diagnostics/place.ts'
import { buildDuration } from './build-expectations.ts'
import type { Action, WrittenStep } from './schema.ts'
import type { StepContext } from './step-context.ts'

/** The actions that change the world. */
export type ChangeAction = Exclude<Action, 'request' | 'websocket' | 'health' | 'drift'>

type Builders = {
  readonly [Name in ChangeAction]: (written: WrittenStep<Name>, place: Place, context: StepContext) => WorldChange
}

/** How each action becomes a change of the world; `place` is the action's value. */
export const CHANGES: Builders = {
  recreate: ({ recreate }, place, context) => {
    if (typeof recreate === 'string')
      return { kind: 'recreate', service: context.service(recreate, place), clusterIP: null }
    const service = context.service(recreate.service, place.at('service'))
    return { kind: 'recreate', service, clusterIP: recreate.clusterIP ?? null }
  },
  delete: (written, place, context) => ({ kind: 'delete', service: context.service(written.delete, place) }),
  stop: ({ stop }, place, context) => ({ kind: 'stop', service: context.service(stop, place) }),
  start: ({ start }, place, context) => ({ kind: 'start', service: context.service(start, place) }),
  scale: ({ scale }, place, context) => ({
    kind: 'scale',
    service: context.service(scale.service, place.at('service')),
    replicas: scale.replicas,
  }),
  fault: ({ fault }, place, context) => {
    const service = context.service(fault.service, place.at('service'))
    if (service === GATEWAY_SERVICE) {
      const message = 'the gateway is the real program and has no faults'
      context.report(
        place.at('service'),
        'E_SCENARIO_NAME',
        message,
        'Use stop, scale, or a fault of a Service behind it.',
      )
    }
    return { kind: 'fault', fault: { service, fault: buildFault(fault, place, context), nth: fault.nth ?? null } }
  },
  edit: ({ edit }, place) => ({ kind: 'edit', file: edit.file, edit: buildEdit(edit, place) }),
  restart: (_, place, context) => {
    context.gateway(place)
    return { kind: 'restart' }
  },
  reload: () => ({ kind: 'reload' }),
  repin: () => ({ kind: 'repin' }),
}

function buildFault(written: WrittenStep<'fault'>['fault'], place: Place, context: StepContext): FaultKind {
  if (written.status !== undefined) return { kind: 'status', status: written.status }
  if (written.delay !== undefined) {
    return { kind: 'delay', delayMs: buildDuration(written.delay, place.at('delay'), context) }
  }
  return written.reset === true ? { kind: 'reset' } : { kind: 'drop' }
}

/** An edit as the schema lets it through: a text, or a replace and a with. */
function buildEdit({ text, replace = '', with: replacement = '' }: WrittenStep<'edit'>['edit'], place: Place): Edit {
  if (text !== undefined) return { kind: 'whole', text, written: place.at('text').written(null) }
  return { kind: 'replace', find: replace, with: replacement, written: place.at('with').written(null) }
}
