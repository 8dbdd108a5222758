import { z } from 'zod'

/** What a chain says about the host of nginx, beside its files. */
export const host = z.strictObject({
  dns: z
    .enum(['own', 'cluster'])
    .describe(
      'Where nginx looks a name up while it loads its files. own (the default): a name server that knows no Service, as on a k3s server. cluster: cluster DNS with search domains, as in a pod.',
    )
    .optional(),
  conf: z
    .enum(['none', 'debian', 'image'])
    .describe(
      'The nginx.conf around a site. none (the default): one that says nothing. debian: that of the package of Debian 12. image: that of the official nginx image. A site that is a whole nginx.conf has none around it.',
    )
    .optional(),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'this must be a name of letters, digits and _'),
      z.union([z.string().max(10_000), z.number(), z.boolean()], { error: 'this must be a text' }),
    )
    .describe('What $NAME means in the files of nginx, as the official image fills in its templates (envsubst).')
    .optional(),
})

export type WrittenHost = z.output<typeof host>
