import type { Chain } from '../chain/chain.ts'
import type { Gap } from './environment.ts'

/** Programs on the host of nginx and names of others, where an environment has a cluster and no place beside nginx for them. */
export function hostGaps({ services, host: { dns, names } }: Chain): readonly Gap[] {
  const programs = services
    .filter(({ on }) => on === 'host')
    .map(({ name, keys, span }) => ({
      what: 'on',
      span: keys.on ?? span,
      because: `"${name}" is a program on the host of nginx: simulated and the sandbox have those`,
    }))
  const [name] = names.keys()
  const because = 'nginx finds such names in simulated and in the sandbox'
  return [
    ...programs,
    ...(name === undefined ? [] : [{ what: `host.names ${name}`, span: null, because }]),
    ...(dns === 'docker' ? [{ what: 'host.dns docker', span: null, because }] : []),
  ]
}
