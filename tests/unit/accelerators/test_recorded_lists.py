"""What is listed on each recorded machine, as a whole: `python lists.py` writes the tables anew."""


def test_the_list_is_as_it_was_agreed(lists, machine, recorded_name):
    golden = lists.GOLDEN / f"{recorded_name}.txt"
    assert lists.table(recorded_name, machine(recorded_name)) == golden.read_text("utf-8")


def test_no_table_is_left_of_a_machine_that_is_gone(lists):
    assert sorted(file.stem for file in lists.GOLDEN.iterdir()) == lists.names()


def test_what_is_not_usable_has_a_reason_and_a_remedy(lists, machine, recorded_name):
    for row in lists.listed(machine(recorded_name)):
        assert row.usable or (row.reason and row.remedy), row.id


def test_what_is_usable_is_present(lists, machine, recorded_name):
    assert all(row.present for row in lists.listed(machine(recorded_name)) if row.usable)


def test_the_ids_stay_the_same_once_the_runtimes_are_installed(lists, machine):
    here = machine("lunar-lake-windows")
    found = {
        "openvino_genai": ["CPU", "GPU", "NPU"],
        "onnxruntime_genai": ["DML.0", "CPU"],
        "intel_npu": ["NPU"],
        "openvino_optimum": ["CPU", "GPU"],
    }
    usable = [row.id for row in lists.listed(here) if row.usable]
    assert [row.id for row in lists.listed(here, **found) if row.usable] == usable
