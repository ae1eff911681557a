"""Other people's data stay off public hosts: Binder, Google Colab and Kaggle run notebooks on machines of others.

What these hosts say of themselves is taken for the truth: BinderHub sets `BINDER_LAUNCH_HOST` and its kin for every
session, Colab `COLAB_RELEASE_TAG`, Kaggle `KAGGLE_KERNEL_RUN_TYPE`. A JupyterHub alone proves nothing: companies run
their own. The way past is an environment variable, not an argument: it holds for every function and for `cx`, ends
with the session, and does not travel along when a notebook is copied.
"""

import os

from cxlib.errors import InputError
from cxlib.language import say

ALLOWED = "CX_ALLOW_PUBLIC_HOST"
# Kaggle's images carry variables of Colab, so Kaggle is asked first.
HOSTS = {
    "Kaggle": ("KAGGLE_KERNEL_RUN_TYPE", "KAGGLE_URL_BASE"),
    "Google Colab": ("COLAB_RELEASE_TAG", "COLAB_GPU"),
    "Binder": ("BINDER_LAUNCH_HOST", "BINDER_REPO_URL", "BINDER_REQUEST", "BINDER_SERVICE_HOST"),
}


def public_host() -> str | None:
    """Return the public host this process runs on, as its environment says; None anywhere else."""
    return next((host for host, names in HOSTS.items() if any(name in os.environ for name in names)), None)


def keep_off_public_hosts() -> None:
    """Raise `InputError` on a public host, unless `CX_ALLOW_PUBLIC_HOST=1` says that these data may be there."""
    host = public_host()
    if host is None or os.environ.get(ALLOWED) == "1":
        return
    raise InputError(
        say(
            "This runs on {host}, a machine of others: data of customers do not belong here. Open them on your own "
            "computer or your company's server; here use cx.ipe() or counts. If these data may be public, set "
            "{allowed}=1 first.",
            host=host,
            allowed=ALLOWED,
        )
    )
