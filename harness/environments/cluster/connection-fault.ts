import type { KubeConfig } from '@kubernetes/client-node'
import { kubectlOf, REQUEST_TIMEOUT_MS } from './kube-config.ts'

export interface Fault {
  readonly fact: string
  readonly remedy: string
}

/** OpenSSL's names (X509_V_ERR_…, as Node.js gives them) for a certificate whose issuer is not trusted. */
const UNKNOWN_ISSUER: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** Why a request did not come to an answer of the Kubernetes API: what was there instead, and what to do. */
export function connectionFault(config: KubeConfig, error: Error): Fault {
  const server = config.getCurrentCluster()?.server ?? 'no server'
  if (error.name === 'TimeoutError') {
    return {
      fact: `the Kubernetes API at ${server} has not answered for ${REQUEST_TIMEOUT_MS / 1_000} s`,
      remedy: `See whether "${kubectlOf(config)} version" works.`,
    }
  }
  const { code, message, syscall } = innermost(error)
  if (UNKNOWN_ISSUER.has(code)) {
    return {
      fact: `the kubeconfig does not trust the certificate of ${server} (${code})`,
      remedy: 'Put the authority that signed it into "certificate-authority-data" of the kubeconfig.',
    }
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return {
      fact: `the certificate of ${server} is not valid now (${code})`,
      remedy: 'Look at the clock of this machine; the certificate may have to be renewed.',
    }
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      fact: `the certificate of ${server} is for other names (${message})`,
      remedy: 'Name the server as its certificate does, or set "tls-server-name" in the kubeconfig.',
    }
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return { fact: `${server} does not speak TLS`, remedy: 'Name the address and the port of the Kubernetes API.' }
  }
  if (code.startsWith('ERR_OSSL_')) {
    return {
      fact: `the certificate or the key of the kubeconfig's user cannot be read (${code})`,
      remedy: 'Use a kubeconfig whose "client-certificate-data" and "client-key-data" are PEM in base64.',
    }
  }
  if (code.startsWith('ERR_SSL_')) {
    return {
      fact: `${server} ended the TLS handshake (${code})`,
      remedy: 'It may want a client certificate that the kubeconfig has not.',
    }
  }
  if (syscall.startsWith('spawn')) {
    return {
      fact: `the program that the kubeconfig names for its credentials cannot be started (${message})`,
      remedy: 'Install it, or use a kubeconfig with a certificate or a token.',
    }
  }
  // The fetch standard has a list of ports that it never connects to.
  if (message === 'bad port') {
    return {
      fact: `no HTTP client of Node.js connects to the port of ${server} (the fetch standard forbids it)`,
      remedy: 'Name the port of the Kubernetes API, often 6443.',
    }
  }
  return {
    fact: `the Kubernetes API at ${server} does not answer (${message === '' ? code : message})`,
    remedy: `See whether "${kubectlOf(config)} version" works.`,
  }
}

/** The innermost error: fetch wraps that of the connection. */
function innermost(error: Error): { readonly code: string; readonly message: string; readonly syscall: string } {
  if (error.cause instanceof Error) return innermost(error.cause)
  const code = 'code' in error ? String(error.code) : ''
  const syscall = 'syscall' in error ? String(error.syscall) : ''
  return { code, message: error.message, syscall }
}
