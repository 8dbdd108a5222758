import type { Chain } from '../chain/chain.ts'
import type { Gap } from './environment.ts'

/** Programs on the host of nginx, where an environment has a cluster and no place beside nginx for others. */
export function hostProgramGaps({ services }: Chain): readonly Gap[] {
  return services
    .filter(({ on }) => on === 'host')
    .map(({ name, keys, span }) => ({
      what: 'on',
      span: keys.on ?? span,
      because: `"${name}" is a program on the host of nginx: simulated and the sandbox have those`,
    }))
}
