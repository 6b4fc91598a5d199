import pytest
from phi_sidecar.backends.onnxruntime_genai.folder import Folder
from phi_sidecar.backends.onnxruntime_genai.placement import (
    luid_text,
    place,
    refuse_unless_built_for,
)
from phi_sidecar.errors import AcceleratorUnusable
from phi_sidecar.machine.adapters import Adapter

INTEL, NVIDIA = 0x8086, 0x10DE


def adapter(index, name, luid, vendor_id=INTEL, *, compute_only=False):
    return Adapter(
        index=index,
        name=name,
        vendor_id=vendor_id,
        device_id=1,
        luid=luid,
        dedicated_bytes=0,
        shared_bytes=8 << 30,
        compute_only=compute_only,
    )


LAPTOP = (
    adapter(0, "NVIDIA RTX 4050", 0x1_2345, NVIDIA),
    adapter(1, "Intel Arc Graphics", 0x1_F00D),
    adapter(2, "Intel AI Boost", 0x1_BEEF, compute_only=True),
)


def test_the_processor_needs_no_provider():
    assert (place("CPU", ()).provider, place("CPU", ()).device_type) == (None, "CPU")


def test_an_adapter_is_named_to_the_library_by_what_the_system_calls_it_today():
    placement = place("DML.1", LAPTOP)
    # In small letters the library would take the name, and lose the options.
    assert placement.provider == "DML"
    assert placement.options == {"luid": f"0:{0x1_F00D}"}
    assert (placement.device_type, placement.name) == ("DirectML", "Intel Arc Graphics")


def test_without_a_number_it_is_the_fastest_adapter():
    assert place("DML", LAPTOP).name == "NVIDIA RTX 4050"


def test_directml_takes_no_tokens_after_the_first_and_the_others_do():
    appends = {device: place(device, LAPTOP).appends for device in ("DML.0", "CUDA", "CPU")}
    assert appends == {"DML.0": False, "CUDA": True, "CPU": True}


@pytest.mark.parametrize("device", ["DML.2", "DML.3", "DML.10"])
def test_an_adapter_that_cannot_draw_or_is_not_there_is_refused_with_those_that_are(device):
    with pytest.raises(AcceleratorUnusable, match=r"DML\.0 \(NVIDIA RTX 4050\), DML\.1") as raised:
        place(device, LAPTOP)
    assert raised.value.remedy


def test_where_there_is_none_it_says_so():
    with pytest.raises(AcceleratorUnusable, match="no graphics adapter"):
        place("DML.0", ())


@pytest.mark.parametrize(
    ("luid", "text"),
    [
        (0x0000_0000_0000_D0A1, "0:53409"),
        (0x0000_0001_7FFF_FFFF, "1:2147483647"),
        # Read as a signed number of 32 bits, which is what it is put into.
        (0x0000_0000_8000_0000, "0:-2147483648"),
        (0xFFFF_FFFF_FFFF_FFFE, "-1:-2"),
    ],
)
def test_a_luid_is_written_in_two_signed_halves(luid, text):
    assert luid_text(luid) == text


@pytest.mark.parametrize(
    ("built_for", "device", "fits"),
    [
        ("cpu", "CPU", True),
        ("cpu", "DML.0", False),
        ("cpu", "CUDA", False),
        ("dml", "DML.1", True),
        ("dml", "CPU", True),
        ("dml", "CUDA", False),
        ("cuda", "CUDA", True),
        ("cuda", "CPU", False),
        ("qnn", "CPU", False),
    ],
)
def test_a_model_runs_where_it_was_built_for(tmp_path, built_for, device, fits):
    folder = Folder(path=tmp_path / "phi", built_for=built_for, window=4096, kv_bytes=1)
    if fits:
        refuse_unless_built_for(device, folder)
        return
    with pytest.raises(AcceleratorUnusable, match=f"phi .*{built_for}") as raised:
        refuse_unless_built_for(device, folder)
    assert device.split(".")[0] in raised.value.remedy
