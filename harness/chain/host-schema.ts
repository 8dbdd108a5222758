import { z } from 'zod'

const dns = z
  .enum(['own', 'cluster', 'docker'])
  .describe(
    'Where nginx looks a name up while it loads its files. own (the default): a name server that knows no Service, as on a k3s server. cluster: cluster DNS with search domains, as in a pod. docker: the name server of Docker, 127.0.0.11, which knows each Service by its bare name.',
  )

/** A version of nginx. It is a text: YAML takes 1.30 for the number 1.3. */
export const nginxVersion = z
  .string({ error: ({ input }) => (input === undefined ? undefined : 'write the version of nginx in quotes: "1.30"') })
  .regex(/^\d{1,3}\.\d{1,3}(?:\.\d{1,3})?$/, 'this must be a version of nginx like "1.24" or "1.24.0"')
  .describe('The version of nginx, in quotes: "1.24" is the newest 1.24 that is known, "1.24.0" is that one.')

/** What a chain says about the host of nginx, beside its files. */
export const host = z.strictObject({
  dns: dns.optional(),
  names: z
    .record(
      z.string().regex(/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i, 'this must be a name such as api.example.com'),
      z.string({ error: 'this must be the name of a Service' }),
    )
    .describe(
      'Names that are no Service of the cluster, and the Service that stands for each: {api.example.com: partner}.',
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

/** What host.yaml may say. */
export const hostFile = host.extend({ nginx: nginxVersion.optional() })
