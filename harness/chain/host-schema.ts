import { z } from 'zod'

/** What a chain says about the host of nginx, beside its files. */
export const host = z.strictObject({
  dns: z
    .enum(['own', 'cluster'])
    .describe(
      'Where nginx looks a name up while it loads its files. own (the default): a name server that knows no Service, as on a k3s server. cluster: cluster DNS with search domains, as in a pod.',
    ),
})
