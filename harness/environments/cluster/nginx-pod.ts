import type { V1Deployment } from '@kubernetes/client-node'
import { NODE_RELAY } from '../kubernetes/image-programs.ts'
import { NGINX_COMMAND } from '../kubernetes/nginx-host.ts'
import { CONF_DIR } from '../kubernetes/node-relay/protocol.ts'
import { RELAY_PORT } from '../kubernetes/settings.ts'

/** The name of nginx's Deployment. No Service of a chain is called so: nginx is what stands before them. */
export const NGINX = 'nginx'

/**
 * nginx, and the relay beside it: they share the network, as on the host where nginx runs in production, nginx's folders, and
 * their processes, so that the relay can let nginx read its files again.
 * @param token the word that opens the relay
 */
export function nginxDeployment(nginxImage: string, chainImage: string, token: string): V1Deployment {
  const folders = [
    { name: 'conf', mountPath: CONF_DIR },
    { name: 'log', mountPath: '/var/log/nginx' },
  ]
  return {
    metadata: { name: NGINX },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: NGINX } },
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels: { app: NGINX } },
        spec: {
          enableServiceLinks: false,
          automountServiceAccountToken: false,
          shareProcessNamespace: true,
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'nginx',
              image: nginxImage,
              imagePullPolicy: 'IfNotPresent',
              command: [...NGINX_COMMAND],
              volumeMounts: folders,
            },
            {
              name: 'relay',
              image: chainImage,
              imagePullPolicy: 'IfNotPresent',
              command: [...NODE_RELAY],
              // It writes nginx's files and signals its process, which are root's.
              securityContext: { runAsUser: 0 },
              env: [
                { name: 'RELAY_PORT', value: String(RELAY_PORT) },
                { name: 'RELAY_TOKEN', value: token },
              ],
              volumeMounts: folders,
            },
          ],
          volumes: folders.map(({ name }) => ({ name, emptyDir: {} })),
        },
      },
    },
  }
}
