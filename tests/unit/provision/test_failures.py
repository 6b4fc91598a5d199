import errno
import os

import pytest
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.provision.failures import explained, from_os_error, from_output

RETRY = "WARNING: Retrying (Retry(total=3, connect=None)) after connection broken by "
NONE_FOUND = "ERROR: No matching distribution found for openvino==2026.4.1"


@pytest.mark.parametrize(
    ("said", "cause", "advice"),
    [
        (
            [f"{RETRY}'NameResolutionError(\"Failed to resolve 'index.example'\")'", NONE_FOUND],
            "not found on the network",
            "Connect to the internet",
        ),
        (
            [f"{RETRY}'NewConnectionError(': [Errno 111] Connection refused')'", NONE_FOUND],
            "could not be reached",
            "internet connection",
        ),
        (
            [f"{RETRY}'ProxyError('Cannot connect to proxy.', OSError('407'))'", NONE_FOUND],
            "proxy refused",
            "HTTPS_PROXY",
        ),
        (
            [f"{RETRY}'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))'"],
            "certificate could not be verified",
            "global.cert",
        ),
        (
            ["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "Got 12"],
            "hash differs",
            "Try again",
        ),
        (
            ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on"],
            "disk is full",
            "Free some room",
        ),
        (
            ["ERROR: [WinError 112] There is not enough space on the disk"],
            "disk is full",
            "Free some room",
        ),
        (
            ["ERROR: HTTP error 403 while getting https://index.example/x.whl"],
            "refused access",
            "sign-in",
        ),
        (
            [f"{NONE_FOUND} (from -r requirements.txt (line 403))"],
            "no build of a package",
            "64-bit Python",
        ),
        (
            [
                "ERROR: Could not find a version that satisfies the requirement torch==2.13.0+cpu",
                "ERROR: No matching distribution found for torch==2.13.0+cpu",
            ],
            "no CPU build of PyTorch",
            "global.extra-index-url",
        ),
        (
            # As pip says it to a person whose configuration constrains torch.
            [
                "ERROR: Cannot install torch==2.13.0+cpu because these package versions have"
                " conflicting dependencies.",
                "ERROR: ResolutionImpossible: for help visit its page",
            ],
            "no CPU build of PyTorch",
            "Get started",
        ),
        (
            [
                "ERROR: Could not install packages due to an OSError: [Errno 2] No such file",
                "HINT: This error might have occurred since this system does not have Windows Long"
                " Path support enabled.",
            ],
            "longer than Windows allows",
            "LongPathsEnabled",
        ),
        (
            ["ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied"],
            "could not be written",
            "permissions",
        ),
    ],
)
def test_what_pip_prints_is_told_as_a_cause_with_a_remedy(said, cause, advice):
    error = from_output("Downloading it failed", said)
    assert cause in str(error)
    assert str(error).startswith("Downloading it failed: ")
    assert advice in error.remedy


def test_what_is_not_known_is_quoted():
    said = ["Collecting x", "ERROR: Something new", "", "[notice] a new pip is there"]
    assert str(from_output("It failed", said)) == "It failed: Something new"
    assert str(from_output("It failed", [])) == "It failed: it ended without a word"


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "/x could not be written"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_what_the_system_refuses_is_told(code, cause):
    assert cause in str(from_os_error("It failed", OSError(code, os.strerror(code), "/x")))


def test_a_windows_code_is_understood():
    error = OSError("in use")
    error.winerror = 32
    assert "could not be written" in str(from_os_error("It failed", error))


def test_only_what_the_system_refuses_is_turned_into_an_error_of_ours():
    with pytest.raises(PreparationFailed, match="the disk is full"), explained("It failed"):
        raise OSError(errno.ENOSPC, "full")
    with pytest.raises(ZeroDivisionError), explained("It failed"):
        raise ZeroDivisionError
