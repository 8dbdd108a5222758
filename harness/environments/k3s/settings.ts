import { nginxImage } from '../kubernetes/settings.ts'

/** The images that the environment is made of. What stands in the environment variables takes their place where no registry is reached. */
export function imageNames() {
  return {
    k3s: process.env.CHAIN_K3S_IMAGE ?? 'rancher/k3s:v1.34.1-k3s1',
    nginx: nginxImage(),
    node: process.env.CHAIN_NODE_IMAGE ?? 'node:24-slim',
  }
}

/** Image tarballs (`docker save`) that are loaded into the node, for machines that reach no registry: separated by `:`, as in PATH. */
export function imageTars(): string[] {
  return (process.env.CHAIN_IMAGE_TARS ?? '').split(':').filter((path) => path !== '')
}

/** The Service network of k3s (`--service-cidr`'s default). */
export const SERVICE_CIDR = '10.43.0.0/16'
