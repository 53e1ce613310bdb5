"""Drives the published Python client through its generate-and-recognise flow.

usage: flow.py BASE_PATH AUTH_URL CLIENT_ID CLIENT_SECRET FOLDER STEP
STEP generate: FOLDER/form.txt -> FOLDER/form.png, FOLDER/form.omr
STEP recognize: FOLDER/photo.jpg, FOLDER/form.omr -> FOLDER/form.csv
STEP cancel: a generation and a recognition are cancelled
STEP refused: a wrong secret ends in an exception
"""
import base64
import os
import sys
import time

from aspose_omr_cloud_sdk import (
    ApiClient, FileExtension, GenerateTemplateApi, OmrGenerateTask,
    OmrRecognizeTask, PageSettings, RecognizeTemplateApi,
)
from aspose_omr_cloud_sdk.configuration import Configuration

base, auth, client_id, secret, folder, step = sys.argv[1:]
client = ApiClient(configuration=Configuration(
    hostUrl=base, authUrl=auth, clientId=client_id, clientSecret=secret))
generate, recognize = GenerateTemplateApi(client), RecognizeTemplateApi(client)


def load(name):
    with open(os.path.join(folder, name), "rb") as f:
        return base64.b64encode(f.read()).decode("utf-8")


def save(name, data):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(base64.b64decode(data, validate=True))


def wait(fetch, task):
    for _ in range(60):
        answer = fetch(id=task)
        if answer.response_status_code == "Ok":
            assert answer.error is None, answer.error
            return answer
        if answer.response_status_code != "NotReady":
            sys.exit("%s: %s" % (answer.response_status_code, answer.error))
        time.sleep(0.5)
    sys.exit("not ready in 30 s")


def post_form():
    settings = PageSettings(
        font_size=12, font_family="Segoe UI", font_style="Regular", paper_size="A4",
        bubble_color="Black", page_margin_left=210, orientation="Vertical",
        bubble_size="Normal", output_format="Png")
    return generate.post_generate_template(body=OmrGenerateTask(load("form.txt"), settings, {}))


def post_sheet():
    return recognize.post_recognize_template(
        body=OmrRecognizeTask([load("photo.jpg")], load("form.omr"), FileExtension.CSV, 30))


if step == "generate":
    for r in wait(generate.get_generate_template, post_form()).results:
        save("form." + r.type.lower(), r.data)
elif step == "recognize":
    save("form.csv", wait(recognize.get_recognize_template, post_sheet()).results[0].data)
elif step == "cancel":
    form, sheet = post_form(), post_sheet()
    generate.cancel_generate_template(id=form)
    recognize.cancel_recognize_template(id=sheet)
    for fetch, task in ((generate.get_generate_template, form), (recognize.get_recognize_template, sheet)):
        status = fetch(id=task).response_status_code
        assert status == "TaskNotFound", status
elif step == "refused":
    try:
        post_form()
    except Exception as e:
        print(type(e).__name__)
    else:
        sys.exit("a wrong secret was accepted")
else:
    sys.exit(__doc__)
