import pytest
from phi_sidecar.accelerators.registry import is_of_kind
from phi_sidecar.backends.base import LoadSpec
from phi_sidecar.backends.onnxruntime_genai import OnnxRuntimeGenAi
from phi_sidecar.errors import ModelDamaged


def test_it_offers_a_kind_of_device_for_each_provider_with_a_way_out_where_there_is_none():
    kinds = {kind.device: kind for kind in OnnxRuntimeGenAi.devices}
    assert [id for id, kind in kinds.items() if kind.always_present] == ["CPU"]
    for device in ("DML.0", "DML.1", "CUDA", "CPU"):
        (kind,) = (kind for id, kind in kinds.items() if is_of_kind(device, id))
        assert kind.absent_reason
        assert kind.absent_remedy


@pytest.mark.parametrize("model", [None, "none"])
def test_a_model_that_is_not_there_is_told_before_the_runtime_is_asked(tmp_path, model):
    spec = LoadSpec(
        model=tmp_path / model if model else None,
        device="CPU",
        quantization="int4",
        context_window=4096,
        cache=tmp_path,
        kv_cache_bytes=1 << 30,
        backend_options={},
    )
    with pytest.raises(ModelDamaged):
        OnnxRuntimeGenAi().load(spec)
