import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files in PEM of somebody with a certificate. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes certificates with openssl, in a folder. */
export class CertificateMaker {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** An authority. */
  authority(name: string): Certificate {
    const { cert, key } = this.#filesOf(name);
    openssl(["req", "-x509", ...NEW_KEY, "-keyout", key, "-out", cert, "-days", "2", "-subj", `/CN=${name}`]);
    return { cert, key };
  }

  /** A certificate of an authority: for a server on this machine, or for a client. */
  issue(name: string, authority: Certificate, options: { readonly days?: number } = {}): Certificate {
    const { cert, key } = this.#filesOf(name);
    const [request, extensions] = [join(this.#folder, `${name}.csr`), join(this.#folder, `${name}.ext`)];
    openssl(["req", ...NEW_KEY, "-keyout", key, "-out", request, "-subj", `/CN=${name}`]);
    writeFileSync(extensions, "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    const signing = ["-CA", authority.cert, "-CAkey", authority.key, "-CAcreateserial", "-days", String(options.days ?? 2)];
    openssl(["x509", "-req", "-in", request, "-out", cert, "-extfile", extensions, ...signing]);
    return { cert, key };
  }

  #filesOf(name: string): Certificate {
    return { cert: join(this.#folder, `${name}.crt`), key: join(this.#folder, `${name}.key`) };
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

function openssl(args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}
