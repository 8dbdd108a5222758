/** The address that the connections of nginx come from, as pods see it: the node's of k3s in the pods' network. */
export const NODE_ADDRESS = '10.42.0.1'

/** The ConfigMap that holds the gateway's routes.yaml, middleware.yaml and auth.yaml, and where its pods find them. */
export const CONFIG_MAP = 'gateway-config'
export const CONFIG_DIR = '/etc/gateway'

/** Where the relay listens: in the network of nginx, whose host it shares. */
export const RELAY_PORT = 7_080

/** nginx's image. Its build has to write debug logs, as that of the official one does. */
export function nginxImage(): string {
  return process.env.CHAIN_NGINX_IMAGE ?? 'nginx:1.29.3'
}

/** The version in the tag of that image, where it has one: `nginx:1.29.3-alpine`, `nginx:1.30`. */
export function nginxImageVersion(): string | null {
  return /:(\d+\.\d+(?:\.\d+)?)(?:-[\w.-]+)?$/.exec(nginxImage())?.[1] ?? null
}
