/** The ConfigMap that holds the gateway's routes.yaml, middleware.yaml and auth.yaml, and where its pods find them. */
export const CONFIG_MAP = 'gateway-config'
export const CONFIG_DIR = '/etc/gateway'
